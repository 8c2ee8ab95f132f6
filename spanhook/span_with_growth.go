package spanhook

import (
	"slices"
	"sync"

	"go.opentelemetry.io/otel/attribute"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
)

// spanWithGrowth is an ended span whose attributes include its growth. It is the
// one allocation that a span costs. It is safe for concurrent use.
type spanWithGrowth struct {
	sdktrace.ReadOnlySpan
	growth     Growth
	once       sync.Once
	attributes []attribute.KeyValue
}

var _ sdktrace.ReadOnlySpan = (*spanWithGrowth)(nil)

// Attributes returns the span's own attributes and the growth. The span's own
// slice belongs to the SDK and is never written to.
func (s *spanWithGrowth) Attributes() []attribute.KeyValue {
	s.once.Do(func() {
		s.attributes = s.ReadOnlySpan.Attributes()
		var buf [maxAttributes]attribute.KeyValue
		if add := s.growth.appendAttributes(buf[:0]); len(add) > 0 {
			s.attributes = slices.Concat(s.attributes, add)
		}
	})
	return s.attributes
}
