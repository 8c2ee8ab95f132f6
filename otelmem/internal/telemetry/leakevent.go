package telemetry

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/trace"

	"github.com/otelmem/otelmem-go/internal/attrs"
	"github.com/otelmem/otelmem-go/internal/heapprofile"
	"github.com/otelmem/otelmem-go/internal/memstat"
	"github.com/otelmem/otelmem-go/internal/textfmt"
	"github.com/otelmem/otelmem-go/internal/verdict"
	"github.com/otelmem/otelmem-go/otelmem/internal/attribution"
	"github.com/otelmem/otelmem-go/otelmem/internal/spanstats"
)

// MaxLeakLinks is how many traces the event of a suspected leak links to.
const MaxLeakLinks = 32

// LeakSuspected emits the event span of an operation that is suspected to leak. It
// links to spans of the operation: the marked ones, which a sampler keeps, and others,
// which it may have dropped.
func LeakSuspected(tracer trace.Tracer, o *attribution.Operation, now memstat.Snapshot, limit memstat.Limit, marked, others []spanstats.Span) {
	emit(tracer, leakAttributes(o, now, limit), marked, others)
}

func emit(tracer trace.Tracer, attributes []attribute.KeyValue, marked, others []spanstats.Span) {
	options := []trace.SpanStartOption{trace.WithNewRoot(), trace.WithAttributes(attributes...)}
	// The best is last: of more links than the SDK's limit it drops the first.
	for _, s := range slices.Backward(linked(marked, others)) {
		options = append(options, trace.WithLinks(trace.Link{SpanContext: s.Context, Attributes: []attribute.KeyValue{
			attrs.Operation.String(s.Operation), attrs.LargestGrowth.Int64(s.Largest()), attrs.LeakExample.Bool(s.Example),
		}}))
	}
	_, span := tracer.Start(context.Background(), attrs.EventLeakSuspected, options...)
	span.End()
}

// leakAttributes have the most important first: of more attributes than the SDK's
// limit it drops the last.
func leakAttributes(o *attribution.Operation, now memstat.Snapshot, limit memstat.Limit) []attribute.KeyValue {
	kvs := []attribute.KeyValue{
		attrs.Operation.String(o.Name),
		attrs.Sites.StringSlice(siteTexts(o.Usage.Sites)),
		attrs.Live.Int64(int64(o.Usage.Live)),
		attrs.LeakRate.Float64(o.Result.Slope),
		attrs.Category.String(o.Category),
		attrs.Evidence.String(o.Result.Reason),
	}
	if left, ok := verdict.TimeToLimit(float64(limit.Use(now.RSS)), float64(limit.Bytes), o.Result.Slope); ok {
		kvs = append(kvs, attrs.SecondsToLimit.Float64(left.Seconds()), attrs.Limit.Int64(limit.Bytes))
	}
	return append(kvs, attrs.LiveError.Int64(int64(o.Usage.Error)))
}

// GoroutinesSuspected emits the event span of goroutines that are suspected to leak,
// linked as that of [LeakSuspected].
func GoroutinesSuspected(tracer trace.Tracer, g *attribution.Goroutines, marked, others []spanstats.Span) {
	emit(tracer, []attribute.KeyValue{
		attrs.Operation.String(g.Operation),
		attrs.Sites.StringSlice([]string{fmt.Sprintf("%s %s %d goroutines", g.Function, g.Place, g.Count)}),
		attrs.Evidence.String(strings.TrimSuffix(g.Result.Reason+": "+g.Meaning, ": ")),
	}, marked, others)
}

// linked are the marked spans, and then the others up to a bound: the best first.
func linked(marked, others []spanstats.Span) []spanstats.Span {
	spans := slices.Clone(marked)
	for _, s := range others {
		if !slices.ContainsFunc(marked, func(m spanstats.Span) bool { return m.Context.Equal(s.Context) }) {
			spans = append(spans, s)
		}
	}
	return spans[:min(len(spans), MaxLeakLinks)]
}

func siteTexts(sites []heapprofile.SiteBytes) []string {
	texts := make([]string, len(sites))
	for i, s := range sites {
		texts[i] = fmt.Sprintf("%s %s:%d %s", s.Function, s.File, s.Line, textfmt.Size(int64(s.Live)))
	}
	return texts
}
