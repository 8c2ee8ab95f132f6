package category

import (
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"
)

func TestACategorizerHurtsOnlyItsOwnAnswers(t *testing.T) {
	for name, test := range map[string]struct {
		broken func(release <-chan struct{}) string
		want   string
		takes  time.Duration
	}{
		"that panics": {func(<-chan struct{}) string { panic("broken") }, "it panicked: broken", 0},
		"that hangs":  {func(release <-chan struct{}) string { <-release; return "late" }, "it has not answered within 1s", maxAnswer},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				release := make(chan struct{})
				var calls atomic.Int64
				var works atomic.Bool
				state := ""
				ask := Guard(func(Operation) string {
					calls.Add(1)
					if !works.Load() {
						return test.broken(release)
					}
					return "right"
				}, func(reason string) { state = reason })
				began := time.Now()
				for range 5000 {
					if got := ask(Operation{}); got != "" {
						t.Fatalf("answered %q", got)
					}
				}
				if took := time.Since(began); took != test.takes || calls.Load() != 1 || !strings.HasPrefix(state, test.want) {
					t.Errorf("%v and %d calls for 5,000 spans, said %q; want %v, 1 and %q", took, calls.Load(), state, test.takes, test.want)
				}
				works.Store(true)
				close(release)
				time.Sleep(askAgainAfter)
				if got := ask(Operation{}); got != "right" || state != "" {
					t.Errorf("answered %q, said %q, want that it works again", got, state)
				}
			})
		})
	}
}

func TestACategorizerThatHangsForEverIsNotAskedAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		release := make(chan struct{})
		var calls atomic.Int64
		ask := Guard(func(Operation) string { calls.Add(1); <-release; return "" }, func(string) {})
		for range 100 {
			ask(Operation{})
			time.Sleep(askAgainAfter)
		}
		if n := calls.Load(); n != 1 {
			t.Errorf("%d goroutines hang, want one", n)
		}
		close(release)
	})
}

func TestThereIsNothingToGuard(t *testing.T) {
	if Guard(nil, nil) != nil {
		t.Error("want nil")
	}
}
