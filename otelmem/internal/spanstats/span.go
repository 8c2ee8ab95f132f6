package spanstats

import (
	"go.opentelemetry.io/otel/trace"

	"github.com/otelmem/otelmem-go/otelmem/report"
	"github.com/otelmem/otelmem-go/spanhook"
)

// Span is a span that ended, with the context that links need. Its ids are not
// text yet: most spans are never shown.
type Span struct {
	report.Span
	Context trace.SpanContext
	// Example says that the span bears otelmem.leak.example.
	Example bool
}

func newSpan(g *spanhook.Growth) Span {
	return Span{
		Span: report.Span{
			Operation:   g.Operation(),
			Category:    g.Category(),
			End:         g.Span.EndTime(),
			Duration:    g.Span.EndTime().Sub(g.Span.StartTime()),
			RSS:         g.RSS,
			Heap:        g.Heap,
			External:    g.External,
			Share:       g.Share,
			Concurrency: g.Concurrency,
		},
		Context: g.Span.SpanContext(),
		Example: g.Example(),
	}
}

// Report returns the span with its ids as text.
func (s *Span) Report() report.Span {
	out := s.Span
	out.TraceID, out.SpanID = s.Context.TraceID().String(), s.Context.SpanID().String()
	return out
}

// Reports returns all spans so.
func Reports(spans []Span) []report.Span {
	out := make([]report.Span, len(spans))
	for i := range spans {
		out[i] = spans[i].Report()
	}
	return out
}
