package spanhook

import (
	"sync"

	"go.opentelemetry.io/otel/trace"
)

// justEnded holds the spans that ended last. The SDK calls the processors of a
// provider one after the other on the goroutine that ends the span: the first
// measures it, the others find it here. It is safe for concurrent use.
type justEnded struct {
	mu    sync.Mutex
	spans [64]*spanWithGrowth // a ring
	next  int
}

func (j *justEnded) add(s *spanWithGrowth) {
	j.mu.Lock()
	defer j.mu.Unlock()
	j.spans[j.next%len(j.spans)] = s
	j.next++
}

// find returns nil where the span is not among the last.
func (j *justEnded) find(sc trace.SpanContext) *spanWithGrowth {
	key := keyOf(sc)
	j.mu.Lock()
	defer j.mu.Unlock()
	for _, s := range j.spans {
		if s != nil && keyOf(s.SpanContext()) == key {
			return s
		}
	}
	return nil
}
