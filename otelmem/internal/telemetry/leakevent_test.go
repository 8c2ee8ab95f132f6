package telemetry

import (
	"slices"
	"testing"

	"go.opentelemetry.io/otel/attribute"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/sdk/trace/tracetest"
	"go.opentelemetry.io/otel/trace"

	"github.com/otelmem/otelmem-go/internal/appframe"
	"github.com/otelmem/otelmem-go/internal/attrs"
	"github.com/otelmem/otelmem-go/internal/heapprofile"
	"github.com/otelmem/otelmem-go/internal/memstat"
	"github.com/otelmem/otelmem-go/internal/textfmt"
	"github.com/otelmem/otelmem-go/internal/verdict"
	"github.com/otelmem/otelmem-go/otelmem/internal/attribution"
	"github.com/otelmem/otelmem-go/otelmem/internal/spanstats"
	"github.com/otelmem/otelmem-go/otelmem/report"
)

// leaking is an operation whose live bytes grow by slope, in bytes a second.
func leaking(slope float64) *attribution.Operation {
	return &attribution.Operation{
		Name: "GET /api/records", Category: "api_records",
		Usage: heapprofile.Usage{
			Live: 60 << 20, Error: 2 << 20,
			Sites: []heapprofile.SiteBytes{{Site: appframe.Site{Function: "main.makeRecord", File: "service.go", Line: 60}, Live: 50 << 20}},
		},
		Result: verdict.Result{Reason: "it grew in each of ten minutes", Evidence: verdict.Evidence{Slope: slope}},
	}
}

// emitted is the event span of a leak under limits of the SDK.
func emitted(t *testing.T, limits sdktrace.SpanLimits, emit func(trace.Tracer)) tracetest.SpanStub {
	t.Helper()
	exporter := tracetest.NewInMemoryExporter()
	emit(sdktrace.NewTracerProvider(sdktrace.WithSyncer(exporter), sdktrace.WithRawSpanLimits(limits)).Tracer("test"))
	spans := exporter.GetSpans()
	if len(spans) != 1 || spans[0].Name != "otelmem.leak_suspected" || spans[0].Parent.IsValid() {
		t.Fatalf("spans %v, want one root", spans.Snapshots())
	}
	return spans[0]
}

func TestLeakEventHasTheTimeToTheLimitOnlyWhereMemoryNearsIt(t *testing.T) {
	const unlimited = 0
	for name, test := range map[string]struct {
		rss, limit int64
		slope      float64
		seconds    float64
		near       bool
	}{
		"half an hour left":     {rss: textfmt.GiB, limit: 2 * textfmt.GiB, slope: (1 << 30) / 1800.0, seconds: 1800, near: true},
		"reached":               {rss: 2 * textfmt.GiB, limit: 2 * textfmt.GiB, slope: 1 << 20, seconds: 0, near: true},
		"no limit":              {rss: textfmt.GiB, limit: unlimited, slope: 1 << 20},
		"more than a year away": {rss: textfmt.GiB, limit: 2 * textfmt.GiB, slope: 1},
		"does not grow":         {rss: textfmt.GiB, limit: 2 * textfmt.GiB, slope: 0},
	} {
		t.Run(name, func(t *testing.T) {
			event := emitted(t, sdktrace.NewSpanLimits(), func(tracer trace.Tracer) {
				LeakSuspected(tracer, leaking(test.slope), memstat.Snapshot{RSS: test.rss}, memstat.Limit{Bytes: test.limit}, nil, nil)
			})
			got := attribute.NewSet(event.Attributes...)
			left, hasTime := got.Value(attrs.SecondsToLimit)
			limit, hasLimit := got.Value(attrs.Limit)
			if hasTime != test.near || hasLimit != test.near {
				t.Fatalf("time to the limit: %t, limit: %t, want %t", hasTime, hasLimit, test.near)
			}
			if test.near && (left.AsFloat64() < test.seconds-1 || left.AsFloat64() > test.seconds+1 || limit.AsInt64() != test.limit) {
				t.Errorf("%v seconds to %d, want %v to %d", left.AsFloat64(), limit.AsInt64(), test.seconds, test.limit)
			}
		})
	}
}

func TestSmallAttributeLimitKeepsWhoFromWhichLineAndHowMuch(t *testing.T) {
	limits := sdktrace.NewSpanLimits()
	limits.AttributeCountLimit = 4
	event := emitted(t, limits, func(tracer trace.Tracer) {
		LeakSuspected(tracer, leaking(100), memstat.Snapshot{}, memstat.Limit{}, nil, nil)
	})
	want := []attribute.KeyValue{
		attrs.Operation.String("GET /api/records"),
		attrs.Sites.StringSlice([]string{"main.makeRecord service.go:60 50MB"}),
		attrs.Live.Int64(60 * textfmt.MiB),
		attrs.LeakRate.Float64(100),
	}
	if !slices.Equal(event.Attributes, want) {
		t.Errorf("attributes %v, want %v", event.Attributes, want)
	}
}

// spanOf is a span of an operation, told from others by its id.
func spanOf(id byte, heap int64) spanstats.Span {
	return spanstats.Span{
		Span:    report.Span{Operation: "GET /api/records", Heap: heap},
		Context: trace.NewSpanContext(trace.SpanContextConfig{TraceID: trace.TraceID{id}, SpanID: trace.SpanID{id}}),
	}
}

func TestLinksOfALeakEndWithTheBest(t *testing.T) {
	marked := []spanstats.Span{spanOf(1, 10), spanOf(2, 20)}
	others := []spanstats.Span{spanOf(3, 90), spanOf(1, 10), spanOf(4, 5)}
	emit := func(tracer trace.Tracer) {
		LeakSuspected(tracer, leaking(100), memstat.Snapshot{}, memstat.Limit{}, marked, others)
	}
	var ids []byte
	for _, link := range emitted(t, sdktrace.NewSpanLimits(), emit).Links {
		id := link.SpanContext.TraceID()[0]
		ids = append(ids, id)
		if is := id <= 2; !slices.Contains(link.Attributes, attrs.LeakExample.Bool(is)) {
			t.Errorf("link to %d: %v, want it marked: %t", id, link.Attributes, is)
		}
	}
	if want := []byte{4, 3, 2, 1}; !slices.Equal(ids, want) {
		t.Errorf("links to %v, want %v: each once, the marked ones last", ids, want)
	}

	limits := sdktrace.NewSpanLimits()
	limits.LinkCountLimit = 1
	if links := emitted(t, limits, emit).Links; len(links) != 1 || links[0].SpanContext.TraceID()[0] != 1 {
		t.Errorf("links %v, want one to the best", links)
	}
}

func TestLeakLinksToABoundedNumberOfSpansTheMarkedOnesAmongThem(t *testing.T) {
	var others []spanstats.Span
	for id := range byte(100) {
		others = append(others, spanOf(100+id, 1))
	}
	event := emitted(t, sdktrace.NewSpanLimits(), func(tracer trace.Tracer) {
		LeakSuspected(tracer, leaking(100), memstat.Snapshot{}, memstat.Limit{}, []spanstats.Span{spanOf(1, 10)}, others)
	})
	if n := len(event.Links); n != MaxLeakLinks || event.Links[n-1].SpanContext.TraceID()[0] != 1 {
		t.Errorf("%d links, the last to %v, want %d and the marked span", n, event.Links[n-1].SpanContext.TraceID(), MaxLeakLinks)
	}
}
