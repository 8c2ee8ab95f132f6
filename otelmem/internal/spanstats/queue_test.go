package spanstats

import (
	"sync"
	"testing"
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
