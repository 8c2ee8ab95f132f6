package spanhook

import (
	"sync"
	"time"

	"github.com/otelmem/otelmem-go/internal/memstat"
)

// ledger keeps the two running sums over the operations in flight from which
// shares and mean concurrency are differences. Its lock is held for some
// nanoseconds and never while anything is read or called. The zero value is
// ready; it is safe for concurrent use.
type ledger struct {
	mu       sync.Mutex
	inFlight int64         // local roots
	now      time.Duration // up to which concurrency is summed
	sums     sums
	heap     int64         // bytes at the last reading that was shared out
	taken    time.Duration // when that was read; 0 before the first
}

// sums is what the ledger has summed up to one instant.
type sums struct {
	// concurrency is the integral of the operations in flight over time.
	concurrency time.Duration
	// share is the sum of (heap growth / operations in flight) over readings,
	// in bytes.
	share float64
}

// add settles the time up to mark among those in flight, then lets n operations
// enter (1), leave (-1) or neither (0).
func (l *ledger) add(mark *memstat.Mark, n int64) sums {
	l.mu.Lock()
	// Callers can arrive with an older reading than one already shared out.
	if mark.Taken > l.taken {
		if l.inFlight > 0 && l.taken > 0 {
			l.sums.share += float64(mark.HeapObjects-l.heap) / float64(l.inFlight)
		}
		l.heap, l.taken = mark.HeapObjects, mark.Taken
	}
	if mark.Now > l.now {
		l.sums.concurrency += time.Duration(l.inFlight) * (mark.Now - l.now)
		l.now = mark.Now
	}
	l.inFlight += n
	s := l.sums
	l.mu.Unlock()
	return s
}
