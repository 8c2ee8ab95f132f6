package spanhook

import (
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
		own := s.ReadOnlySpan.Attributes()
		all := make([]attribute.KeyValue, len(own), len(own)+maxAttributes)
		copy(all, own)
		s.attributes = s.growth.appendAttributes(all)
	})
	return s.attributes
}
