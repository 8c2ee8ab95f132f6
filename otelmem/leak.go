package otelmem

import (
	"context"
	"fmt"
	"slices"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/trace"

	"github.com/otelmem/otelmem-go/internal/attrs"
	"github.com/otelmem/otelmem-go/internal/heapprofile"
	"github.com/otelmem/otelmem-go/internal/memstat"
	"github.com/otelmem/otelmem-go/internal/textfmt"
	"github.com/otelmem/otelmem-go/internal/verdict"
)

// exampleTraces is how many traces a suspected leak links to: examples that are
// marked, and others, which the sampler may have dropped.
const exampleTraces = 32

// attribute reads the heap profile and tells of what it finds. What grows now may
// be suspected by the next report: until then examples of it are marked.
func (d *Diagnostics) attribute(tracer trace.Tracer, now memstat.Snapshot) {
	defer func() { d.examples.renew(d.attribution.growing()) }()
	for _, h := range d.attribution.read(now, d.book.categoryOf) {
		d.journal.line(kindLeak, "%s", leakLine(&h))
		d.leakSpan(tracer, &h, now)
	}
}

// leakSpan emits the event of a suspected leak, linked to examples.
func (d *Diagnostics) leakSpan(tracer trace.Tracer, h *holding, now memstat.Snapshot) {
	kvs := []attribute.KeyValue{
		attrs.Operation.String(h.operation),
		attrs.Category.String(h.category),
		attrs.LeakRate.Float64(h.result.Slope),
		attrs.Live.Int64(int64(h.account.Live)),
		attrs.LiveError.Int64(int64(h.account.Error)),
		attrs.Evidence.String(h.result.Reason),
		attrs.Sites.StringSlice(siteTexts(h.account.Sites)),
	}
	if left, ok := verdict.TimeToLimit(float64(now.RSS), float64(d.limit.Bytes), h.result.Slope); ok {
		kvs = append(kvs, attrs.Limit.Int64(d.limit.Bytes), attrs.SecondsToLimit.Float64(left.Seconds()))
	}
	options := []trace.SpanStartOption{trace.WithNewRoot(), trace.WithAttributes(kvs...)}
	marked := d.examples.of(h.operation)
	for i, s := range withExamples(marked, d.book.examples(h.operation, exampleTraces)) {
		options = append(options, trace.WithLinks(trace.Link{SpanContext: s.context, Attributes: []attribute.KeyValue{
			attrs.Operation.String(s.Operation), attrs.LargestGrowth.Int64(s.Largest()), attrs.LeakExample.Bool(i < len(marked)),
		}}))
	}
	_, span := tracer.Start(context.Background(), attrs.EventLeakSuspected, options...)
	span.End()
}

// withExamples are the marked spans, and then the others up to a bound.
func withExamples(marked, others []Span) []Span {
	spans := slices.Clone(marked)
	for _, s := range others {
		if !slices.ContainsFunc(marked, func(m Span) bool { return m.context.Equal(s.context) }) {
			spans = append(spans, s)
		}
	}
	return spans[:min(len(spans), exampleTraces)]
}

func siteTexts(sites []heapprofile.SiteBytes) []string {
	texts := make([]string, len(sites))
	for i, s := range sites {
		texts[i] = fmt.Sprintf("%s %s:%d %s", s.Function, s.File, s.Line, textfmt.Size(int64(s.Live)))
	}
	return texts
}
