package spanstats

import (
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/otelmem/otelmem-go/spanhook"
)

// Counting is far slower here than what ends spans: the list must not outgrow its
// bound, but for one span of each that is about to count, and lose nothing.
func TestQueueIsBoundedAndLosesNothing(t *testing.T) {
	const producers, each = 8, 2 * maxQueued
	counted := 0
	q := newQueue(func(*spanhook.Growth) {
		counted++
		for began := time.Now(); time.Since(began) < 2*time.Microsecond; {
		}
	})
	longest := 0 // guarded by q.mu
	var group sync.WaitGroup
	for range producers {
		group.Go(func() {
			for range each {
				q.Put(new(spanhook.Growth))
				q.mu.Lock()
				longest = max(longest, len(q.waiting))
				q.mu.Unlock()
			}
		})
	}
	group.Wait()
	q.Drain()
	if counted != producers*each {
		t.Errorf("counted %d of %d", counted, producers*each)
	}
	if longest > maxQueued+producers {
		t.Errorf("%d waited at once, want at most %d and one a producer", longest, maxQueued)
	}
}

func TestCountingThatHangsHoldsNobodyUp(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		hang, counted, state := make(chan struct{}), 0, ""
		q := newQueue(func(*spanhook.Growth) {
			<-hang
			counted++
		})
		q.onStall = func(reason string) { state = reason }
		began := time.Now()
		go func() {
			q.Put(new(spanhook.Growth))
			q.Drain()
		}()
		synctest.Wait()
		for range 10 * maxQueued {
			q.Put(new(spanhook.Growth))
		}
		q.Drain()
		if took := time.Since(began); took != maxCounting || state == "" {
			t.Errorf("ending spans took %v, said %q, want %v once, and a reason", took, state, maxCounting)
		}
		if len(q.waiting) > maxQueued {
			t.Errorf("%d wait, want %d at most", len(q.waiting), maxQueued)
		}
		close(hang)
		synctest.Wait()
		if state != "" {
			t.Errorf("said %q, want that it works again", state)
		}
		q.Drain()
		if counted != maxQueued+1 {
			t.Errorf("%d are counted, want those that had a place", counted)
		}
	})
}
