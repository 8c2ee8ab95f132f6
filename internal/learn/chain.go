package learn

import (
	"runtime"
	"slices"

	"github.com/otelmem/otelmem-go/internal/appframe"
)

// Chain returns the application's functions that were on the stack from a span's
// start to its end, the innermost first. They are none where the span started and
// ended in different calls, as on two goroutines. The stacks are as of
// [runtime.Callers]; whole is false where one is missing, since it was too deep: then
// nothing is known of what ran the span.
func Chain(start, end []uintptr, application func(function string) bool) (chain []string, whole bool) {
	a, b := expand(start), expand(end)
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
	slices.Reverse(chain)
	return chain, len(start) > 0 && len(end) > 0
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
