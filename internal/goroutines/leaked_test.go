package goroutines

import (
	"errors"
	"runtime/pprof"
	"strings"
	"testing"
	"time"

	"github.com/otelmem/otelmem-go/internal/heaptag"
)

// leakForEver leaks a goroutine that nothing can end.
func leakForEver(t *testing.T) {
	c := make(chan int)
	ctx := pprof.WithLabels(t.Context(), pprof.Labels(heaptag.OperationLabel, "for ever"))
	go func() {
		pprof.SetGoroutineLabels(ctx)
		<-c
	}()
}

// GOEXPERIMENT=goroutineleakprofile go test -run TestTheRuntime ./internal/goroutines
func TestTheRuntimeKnowsWhatIsBlockedForEver(t *testing.T) {
	if pprof.Lookup("goroutineleak") == nil {
		if groups, err := leaked(isLeak); !errors.Is(err, ErrNoLeakProfile) || groups != nil {
			t.Errorf("without the profile: %+v, %v", groups, err)
		}
		t.Skip("this runtime has no profile of leaked goroutines")
	}
	end := leakReceive(t) // can still be ended
	defer end()
	leakForEver(t)
	for t.Context().Err() == nil {
		groups, err := leaked(isLeak)
		if err != nil {
			t.Fatal(err)
		}
		if len(groups) > 0 {
			if g := groups[0]; len(groups) != 1 || g.Operation != "for ever" || g.Count != 1 || !strings.HasSuffix(g.Starter, ".leakForEver") {
				t.Errorf("got %+v", groups)
			}
			return
		}
		time.Sleep(time.Millisecond)
	}
}
