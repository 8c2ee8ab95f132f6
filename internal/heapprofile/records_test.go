package heapprofile

import (
	"runtime"
	"testing"
)

// stackOf is the stack of a goroutine below this many calls of deep.
func stackOf(calls int) []uintptr {
	stack := make(chan []uintptr)
	go deep(calls, func() {
		pcs := make([]uintptr, 128)
		stack <- pcs[:runtime.Callers(1, pcs)]
	})
	return <-stack
}

func TestRecordThatIsFullIsCutOffUnlessItEndsWithTheGoroutine(t *testing.T) {
	calls := recordFrames
	for len(stackOf(calls)) > recordFrames {
		calls--
	}
	for name, test := range map[string]struct {
		stack []uintptr
		want  bool
	}{
		"shorter":               {stackOf(calls - 1), false},
		"just fits":             {stackOf(calls), false},
		"one frame is cut off":  {stackOf(calls + 1), true},
		"many frames are so":    {stackOf(calls + 50), true},
		"depth is what is less": {stackOf(calls)[:20], true},
	} {
		t.Run(name, func(t *testing.T) {
			depth := 128
			if len(test.stack) == 20 {
				depth = 20
			}
			record := runtime.MemProfileRecord{AllocBytes: 1 << 20, AllocObjects: 1}
			copy(record.Stack0[:], test.stack)
			if cut := newSums().addRecord(&record, newFrames(nil, nil), 1, depth); cut != test.want {
				t.Errorf("%d frames: cut off %v, want %v", len(test.stack), cut, test.want)
			}
		})
	}
}
