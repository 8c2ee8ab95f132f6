package heapprofile

import (
	"os"
	"strconv"
	"strings"
)

// hiddenFrames is how many frames runtime/pprof may leave out at the leaf of a
// stack, where the runtime allocates: a map that grows has about twelve. The
// runtime cuts stacks off before they are left out.
const hiddenFrames = 16

// cutOff says whether a stack of the full profile may go on beyond its outermost
// frame, as the main goroutine's does not. Another goroutine's whole stack of that
// height may be taken for one that was cut off; never the other way round.
func cutOff(height, depth int, main bool) bool {
	return !main && height >= max(depth-hiddenFrames, depth/2)
}

// mainFunction is the outermost of the main goroutine.
const mainFunction = "runtime.main"

// startDebug is GODEBUG as the runtime saw it: it reads profstackdepth once.
var startDebug = os.Getenv("GODEBUG")

// stackDepth is how many frames the runtime keeps of a stack: 128, or what
// GODEBUG=profstackdepth says, 1,024 at most (runtime's extern.go). With 0 it
// samples nothing.
func stackDepth() int {
	depth := 128
	for setting := range strings.SplitSeq(startDebug, ",") {
		if value, ok := strings.CutPrefix(setting, "profstackdepth="); ok {
			if n, err := strconv.Atoi(value); err == nil && n >= 0 {
				depth = min(n, 1024)
			}
		}
	}
	return depth
}
