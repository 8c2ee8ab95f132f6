package spanhook

import "sync/atomic"

// unheard decides when to look for spans that ended without that a processor heard of
// it, because one in front of it keeps ends to itself or has not returned yet. They would
// be taken for operations in flight. A look asks each span in the table, so that where
// there are no such spans it is taken only as the numbers reach twice what they were at
// the last. The zero value is ready; it is safe for concurrent use.
type unheard struct {
	spans  atomic.Int64 // that were given up so far
	found  atomic.Bool  // that there are any
	most   atomic.Int64 // operations in flight at which the next look is due, less one
	starts atomic.Int64 // since the last look; counted once some were found
}

// lookDue is called at each start. inFlight is how many operations there are now, and
// crowded says that the table grew.
func (u *unheard) lookDue(inFlight int64, crowded bool) bool {
	if inFlight > u.most.Load()+1 || crowded {
		return true
	}
	// Where there were some there will be more. Then a look costs each start about as
	// much as four spans take to be asked.
	return u.found.Load() && 4*u.starts.Add(1) > inFlight
}

// looked is called after a look that left inFlight operations.
func (u *unheard) looked(found bool, inFlight int64) {
	if found {
		u.found.Store(true)
	}
	u.most.Store(max(u.most.Load(), 2*inFlight))
	u.starts.Store(0)
}

// lookForUnheard finds such spans and counts them as in flight no longer.
func (h *Hook) lookForUnheard(now *Reading) {
	found := h.inFlight.markEnded(now.Now, func(weight int64) sums {
		s, _ := h.fairShare.advance(now, -weight)
		return s
	})
	_, inFlight := h.fairShare.advance(now, 0)
	h.unheard.looked(found, inFlight)
}
