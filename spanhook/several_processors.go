package spanhook

import (
	"sync"

	"go.opentelemetry.io/otel/trace"
)

// alreadyMeasured holds the spans that ended last, where [Hook.Processor] was called
// several times. The SDK calls the processors of a provider one after the other on the
// goroutine that ends the span: the first measures it, the others find it here. It is
// safe for concurrent use.
type alreadyMeasured struct {
	mu    sync.Mutex
	spans [64]*spanWithGrowth // a ring
	next  int
}

func (a *alreadyMeasured) add(s *spanWithGrowth) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.spans[a.next%len(a.spans)] = s
	a.next++
}

// find returns nil where the span is not among the last.
func (a *alreadyMeasured) find(sc trace.SpanContext) *spanWithGrowth {
	key := keyOf(sc)
	a.mu.Lock()
	defer a.mu.Unlock()
	for _, s := range a.spans {
		if s != nil && keyOf(s.SpanContext()) == key {
			return s
		}
	}
	return nil
}
