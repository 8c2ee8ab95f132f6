package learn

import (
	"runtime"

	"github.com/otelmem/otelmem-go/internal/appframe"
)

// maxChain bounds the functions of a chain.
const maxChain = 8

// Chain returns the application's functions that were on the stack from a span's
// start to its end, the innermost first, at most 8. For an inner span, one that has a
// parent in this process, it is only the first: those further out are the parent's.
// It is nil where the span started and ended in different calls, as on two
// goroutines. The stacks are as of [runtime.Callers] and must be whole: a stack that
// was cut off says nothing about what lies beyond the cut.
func Chain(start, end []uintptr, inner bool, application func(function string) bool) []string {
	a, b := expand(start), expand(end)
	var chain []string // the outermost first
	for i := range min(len(a), len(b)) {
		x, y := &a[len(a)-1-i], &b[len(b)-1-i]
		if x.Function != y.Function {
			break
		}
		if x.Function != "main.main" && application(x.Function) {
			chain = append(chain, appframe.ShortName(x.Function))
		}
		if x.PC != y.PC {
			break // the call that the start and the end have in common
		}
	}
	if len(chain) == 0 {
		return nil
	}
	kept := maxChain
	if inner {
		kept = 1
	}
	out := make([]string, 0, kept)
	for i := len(chain) - 1; i >= 0 && len(out) < kept; i-- {
		out = append(out, chain[i])
	}
	return out
}

func expand(stack []uintptr) []runtime.Frame {
	if len(stack) == 0 {
		return nil
	}
	var frames []runtime.Frame
	each := runtime.CallersFrames(stack)
	for {
		frame, more := each.Next()
		frames = append(frames, frame)
		if !more {
			return frames
		}
	}
}
