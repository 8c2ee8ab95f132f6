package otelmem

import (
	"sync"
	"testing"
	"time"

	"github.com/otelmem/otelmem-go/spanhook"
)

// Counting is far slower here than what ends spans: the list must not outgrow its
// bound, but for one span of each that is about to count, and lose nothing.
func TestIntakeIsBoundedAndLosesNothing(t *testing.T) {
	const producers, each = 8, 2 * intakeBound
	var in *intake
	counted, longest := 0, 0
	in = newIntake(func(*spanhook.Growth) {
		counted++
		for began := time.Now(); time.Since(began) < 2*time.Microsecond; {
		}
		in.mu.Lock()
		longest = max(longest, len(in.waiting))
		in.mu.Unlock()
	})
	var group sync.WaitGroup
	for range producers {
		group.Go(func() {
			for range each {
				in.put(new(spanhook.Growth))
			}
		})
	}
	group.Wait()
	in.drain()
	if counted != producers*each {
		t.Errorf("counted %d of %d", counted, producers*each)
	}
	if longest > intakeBound+producers {
		t.Errorf("%d waited at once, want at most %d and one a producer", longest, intakeBound)
	}
}
