package leaks

import (
	"context"
	"time"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/trace"

	"github.com/otelmem/otelmem-go/examples/zoo/service"
)

// merger remembers a link to each batch that it merged, to add them all to a span
// one day.
type merger struct {
	service *service.Service
	links   []trace.Link
}

func (m *merger) merge(ctx context.Context) {
	if !m.service.Grows() {
		m.links = nil
	}
	for i := range 20 {
		attributes := make([]attribute.KeyValue, 40) // LEAK:
		attributes[0] = attribute.Int("batch", i)
		m.links = append(m.links, trace.Link{SpanContext: trace.SpanContextFromContext(ctx), Attributes: attributes})
	}
}

func init() {
	register(service.Case{
		Name:      "span-links",
		Operation: "merge_batches",
		Functions: []string{"(*merger).merge"},
		Setup:     func(s *service.Service) { s.Every(40*time.Millisecond, "merge_batches", (&merger{service: s}).merge) },
	})
}
