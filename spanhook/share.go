package spanhook

import (
	"sync"
	"time"
)

// fairShare computes what part of the heap's growth is whose, and the mean number
// of operations in flight: it keeps two running sums, and a span's figures are
// their change over its life. Its lock is held for some nanoseconds and never
// while anything is read or called. The zero value is ready; it is safe for
// concurrent use.
type fairShare struct {
	mu       sync.Mutex
	inFlight int64         // local roots
	now      time.Duration // up to which concurrency is summed
	sums     sums
	heap     int64         // bytes, at the last reading that was divided
	taken    time.Duration // when that was read; 0 before the first
}

// sums are the running sums at one instant.
type sums struct {
	// concurrency is the integral of the operations in flight over time.
	concurrency time.Duration
	// share is the sum over all readings of the heap's growth since the one
	// before, divided by the operations in flight; bytes.
	share float64
}

// advance divides the growth up to r among the operations in flight, then changes
// their number: 1 where one starts, -1 where one ends. It returns the sums up to r, and
// the number.
func (f *fairShare) advance(r *Reading, change int64) (s sums, inFlight int64) {
	f.mu.Lock()
	// Callers can arrive with an older reading than one already divided.
	if r.Taken > f.taken {
		if f.inFlight > 0 && f.taken > 0 {
			f.sums.share += float64(r.HeapObjects-f.heap) / float64(f.inFlight)
		}
		f.heap, f.taken = r.HeapObjects, r.Taken
	}
	if r.Now > f.now {
		f.sums.concurrency += time.Duration(f.inFlight) * (r.Now - f.now)
		f.now = r.Now
	}
	f.inFlight += change
	s, inFlight = f.sums, f.inFlight
	f.mu.Unlock()
	return s, inFlight
}
