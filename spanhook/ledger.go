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
	at       time.Duration // up to which concurrency is summed
	// concurrency is the integral of inFlight over time.
	concurrency time.Duration
	// share is the sum of (heap growth / inFlight) over snapshots, in bytes.
	share  float64
	heap   int64     // of the last snapshot that was shared out
	heapAt time.Time // its time; zero before the first
}

// sums is the ledger at one instant.
type sums struct {
	at          time.Duration
	concurrency time.Duration
	share       float64
}

// enter settles up to now, then adds an operation if it counts.
func (l *ledger) enter(now time.Duration, snap *memstat.Snapshot, counts bool) sums {
	l.mu.Lock()
	defer l.mu.Unlock()
	s := l.settle(now, snap)
	if counts {
		l.inFlight++
	}
	return s
}

// leave settles up to now, then takes an operation out if it counts.
func (l *ledger) leave(now time.Duration, snap *memstat.Snapshot, counts bool) sums {
	l.mu.Lock()
	defer l.mu.Unlock()
	s := l.settle(now, snap)
	if counts {
		l.inFlight--
	}
	return s
}

// forget takes out an operation that was pushed out of the table.
func (l *ledger) forget(now time.Duration) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.advance(now)
	l.inFlight--
}

func (l *ledger) settle(now time.Duration, snap *memstat.Snapshot) sums {
	// Callers can arrive with an older snapshot than one already shared out.
	if snap.Time.After(l.heapAt) {
		if l.inFlight > 0 && !l.heapAt.IsZero() {
			l.share += float64(snap.HeapObjects-l.heap) / float64(l.inFlight)
		}
		l.heap, l.heapAt = snap.HeapObjects, snap.Time
	}
	l.advance(now)
	return sums{at: l.at, concurrency: l.concurrency, share: l.share}
}

func (l *ledger) advance(now time.Duration) {
	if now > l.at {
		l.concurrency += time.Duration(l.inFlight) * (now - l.at)
		l.at = now
	}
}
