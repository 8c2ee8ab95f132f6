package spanstats

import (
	"slices"
	"sync"
	"sync/atomic"
)

const (
	// examplesEach is how many spans of an operation are marked from one report to
	// the next, and kept.
	examplesEach = 8
	// examplesOf is for how many operations at a time.
	examplesOf = 32
	// examplesBytes is about what all of them hold.
	examplesBytes = examplesEach * examplesOf * 250
)

// Examples marks some spans of each operation that grows, so that a sampler can
// keep them, and remembers them. The zero value marks none; it is safe for
// concurrent use.
type Examples struct {
	wanted atomic.Pointer[map[string]*exampleSpans] // by operation; read-only
}

// exampleSpans are those of one operation.
type exampleSpans struct {
	left atomic.Int32 // to be marked until the next report

	mu    sync.Mutex
	spans []Span // the latest first
}

// Of returns an operation's examples, the latest first.
func (e *Examples) Of(operation string) []Span {
	wanted := e.find(operation)
	if wanted == nil {
		return nil
	}
	wanted.mu.Lock()
	defer wanted.mu.Unlock()
	return slices.Clone(wanted.spans)
}

// Take says whether a span of the operation is to be marked.
func (e *Examples) Take(operation string) bool {
	wanted := e.find(operation)
	return wanted != nil && wanted.left.Load() > 0 && wanted.left.Add(-1) >= 0
}

// keep remembers a span that was marked.
func (e *Examples) keep(s *Span) {
	wanted := e.find(s.Operation)
	if wanted == nil {
		return
	}
	wanted.mu.Lock()
	defer wanted.mu.Unlock()
	wanted.spans = append([]Span{*s}, wanted.spans[:min(len(wanted.spans), examplesEach-1)]...)
}

// Renew says of which operations examples are wanted from now on, and of no other.
// Those of operations that were wanted before stay remembered; refill allows some
// more of them.
func (e *Examples) Renew(operations []string, refill bool) {
	wanted := make(map[string]*exampleSpans)
	for _, operation := range operations[:min(len(operations), examplesOf)] {
		w := e.find(operation)
		if w == nil || refill {
			if w == nil {
				w = new(exampleSpans)
			}
			w.left.Store(examplesEach)
		}
		wanted[operation] = w
	}
	e.wanted.Store(&wanted)
}

func (e *Examples) find(operation string) *exampleSpans {
	if wanted := e.wanted.Load(); wanted != nil {
		return (*wanted)[operation]
	}
	return nil
}
