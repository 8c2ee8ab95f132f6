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

// Mark returns the process's memory now, or as it was a moment ago where the
// budget is used up or another caller is reading. It is for the way of a span: it
// never waits for another caller and allocates nothing.
func (r *Reader) Mark() Mark {
	now := r.refresh()
	m := r.published.load()
	// Another caller may have read between our look at the clock and now.
	m.Now = max(now, m.Taken)
	return m
}
