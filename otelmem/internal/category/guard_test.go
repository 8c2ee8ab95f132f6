package category

import (
	"strings"
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
				release, calls, broken := make(chan struct{}), 0, true
				state := ""
				ask := Guard(func(Operation) string {
					calls++
					if broken {
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
				if took := time.Since(began); took != test.takes || calls != 1 || !strings.HasPrefix(state, test.want) {
					t.Errorf("%v and %d calls for 5,000 spans, said %q; want %v, 1 and %q", took, calls, state, test.takes, test.want)
				}
				broken = false
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
		release, calls := make(chan struct{}), 0
		ask := Guard(func(Operation) string { calls++; <-release; return "" }, func(string) {})
		for range 100 {
			ask(Operation{})
			time.Sleep(askAgainAfter)
		}
		if calls != 1 {
			t.Errorf("%d goroutines hang, want one", calls)
		}
		close(release)
	})
}

func TestThereIsNothingToGuard(t *testing.T) {
	if Guard(nil, nil) != nil {
		t.Error("want nil")
	}
}
