package spanstats

import (
	"fmt"

	"github.com/otelmem/otelmem-go/spanhook"
)

// Recorder takes in spans that ended: it adds each to the statistics, keeps it
// where it is an example, and gives it to the observers. It is safe for concurrent
// use.
type Recorder struct {
	*Queue
	Statistics Statistics
	Examples   Examples

	observers []Observer
	onPanic   func(reason string)
}

// Observer sees each span after it was counted. It does no I/O: a request may
// have to wait for it where the background is too slow.
type Observer func(s *Span, g *spanhook.Growth)

// NewRecorder returns a recorder. onPanic hears of an observer that panicked or does
// not return, and "" when one returns after all.
func NewRecorder(onPanic func(reason string), observers ...Observer) *Recorder {
	r := &Recorder{observers: observers, onPanic: onPanic}
	r.Queue = newQueue(r.record)
	r.onStall = onPanic
	return r
}

func (r *Recorder) record(g *spanhook.Growth) {
	defer func() {
		if p := recover(); p != nil {
			r.onPanic(fmt.Sprintf("panic: %v", p))
		}
	}()
	span := newSpan(g)
	r.Statistics.add(&span)
	if span.Example {
		r.Examples.keep(&span)
	}
	for _, observe := range r.observers {
		observe(&span, g)
	}
}

// Bytes is about how much memory the recorder holds.
func (r *Recorder) Bytes() int64 { return r.Statistics.bytes() + queueBytes + examplesBytes }
