package memstat

import "time"

// Mark is the part of a [Snapshot] that every span needs twice, with the
// instant at which it was asked for. Times are since the reader began; all else
// is as in Snapshot.
type Mark struct {
	Now         time.Duration // when asked
	Taken       time.Duration // when read; never after Now
	HeapObjects int64
	Allocated   int64
	GCCycles    int64
	RSS         int64
	External    int64
}

// Mark is [Reader.Snapshot] for the way of a span: it reads the clock once, and
// copies half as much. It never waits and allocates nothing.
func (r *Reader) Mark() Mark {
	m := r.published.loadMark(r.refresh())
	// Another caller may have read between our look at the clock and now.
	m.Now = max(m.Now, m.Taken)
	return m
}
