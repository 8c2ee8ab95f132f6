package memstat

import "time"

// Reading is the part of a [Snapshot] that a span needs at its start and at its
// end, with the instant at which it was asked for. Times are since the reader was
// made; all else is as in Snapshot. Its fields are those of spanhook.Reading, in
// the same order, so that one converts to the other.
type Reading struct {
	Now         time.Duration // when it was asked for
	Taken       time.Duration // when memory was read; never after Now
	HeapObjects int64
	Allocated   int64
	GCCycles    int64
	RSS         int64
	External    int64
}

// Reading returns the process's memory now, or the last reading where the budget
// is used up or another caller is reading. It is for the path of a span: it never
// waits for another caller and allocates nothing.
func (r *Reader) Reading() Reading {
	now := r.refresh()
	reading := r.published.load()
	// Another caller may have read since we looked at the clock.
	reading.Now = max(now, reading.Taken)
	return reading
}
