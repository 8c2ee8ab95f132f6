package heapprofile

import (
	"fmt"
	"os"
	"strconv"
	"strings"
)

const (
	// defaultDepth is how many frames of a stack the runtime keeps unless GODEBUG
	// says otherwise, maxDepth the most it keeps (maxProfStackDepth in the runtime).
	defaultDepth = 128
	maxDepth     = 1024
	// hiddenFrames is how many frames runtime/pprof may leave out at the innermost end
	// of a stack, where the runtime itself allocates: a map that grows has about
	// twelve. The runtime cuts stacks off before these are left out.
	hiddenFrames = 16
	// mainFunction is the outermost function of the main goroutine.
	mainFunction = "runtime.main"
)

// startDebug is GODEBUG as of the program's start: the runtime reads profstackdepth
// only then.
var startDebug = os.Getenv("GODEBUG")

// stackDepth returns how many frames of a stack the runtime keeps: 128, or what
// GODEBUG=profstackdepth says. With 0 it samples nothing.
func stackDepth() int { return depthIn(startDebug) }

func depthIn(debug string) int {
	depth := defaultDepth
	for setting := range strings.SplitSeq(debug, ",") {
		if value, ok := strings.CutPrefix(setting, "profstackdepth="); ok {
			if n, err := strconv.Atoi(value); err == nil && n >= 0 {
				depth = min(n, maxDepth)
			}
		}
	}
	return depth
}

// Deeper says what to do about stacks that are too deep: the GODEBUG setting with
// which the runtime keeps four times as many frames, read when the program starts.
func Deeper() string { return deeperThan(stackDepth()) }

func deeperThan(depth int) string {
	if depth >= maxDepth {
		return fmt.Sprintf("deeper than the %d frames that the runtime keeps at most", maxDepth)
	}
	return fmt.Sprintf("set GODEBUG=profstackdepth=%d", min(max(4*depth, defaultDepth), maxDepth))
}

// cutOff reports whether a stack of the full profile may go on beyond its outermost
// frame. height is in frames, depth as of [stackDepth]; main says that the outermost
// frame is the main goroutine's. A whole stack of another goroutine may be taken for
// a cut one, never the other way round.
func cutOff(height, depth int, main bool) bool {
	return !main && height >= max(depth-hiddenFrames, depth/2)
}
