package eventspans

import (
	"context"
	"errors"
	"testing"

	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/sdk/trace/tracetest"
	"go.opentelemetry.io/otel/trace"
	"go.opentelemetry.io/otel/trace/noop"
)

func TestNoEventSpanIsDroppedAndNothingElseIsKept(t *testing.T) {
	exporter := tracetest.NewInMemoryExporter()
	recorded := tracetest.NewSpanRecorder()
	on := true
	tp := sdktrace.NewTracerProvider(
		sdktrace.WithSampler(Sampler(sdktrace.ParentBased(sdktrace.TraceIDRatioBased(0.01)), func() bool { return on })),
		sdktrace.WithSpanProcessor(sdktrace.NewSimpleSpanProcessor(exporter)), sdktrace.WithSpanProcessor(recorded))
	dropped := 0
	events := Provider(tp, nil, func() { dropped++ }).Tracer("events")
	const n = 1000
	for range n {
		ctx, span := events.Start(t.Context(), "event", trace.WithNewRoot())
		_, child := tp.Tracer("service").Start(ctx, "child of an event") // as its parent
		child.End()
		span.End()
		_, span = tp.Tracer("service").Start(t.Context(), "request")
		span.End()
	}
	count := map[string]int{}
	for _, s := range exporter.GetSpans() {
		count[s.Name]++
	}
	if count["event"] != n || dropped > 0 {
		t.Errorf("%d of %d event spans left, %d were called dropped", count["event"], n, dropped)
	}
	if count["request"] > n/10 {
		t.Errorf("%d of %d requests left, want about 1 %%", count["request"], n)
	}
	if got := len(recorded.Ended()); got != 3*n {
		t.Errorf("processors saw %d spans, want all %d", got, 3*n)
	}
	on = false
	_, span := tp.Tracer("service").Start(trace.ContextWithRemoteSpanContext(t.Context(), trace.NewSpanContext(trace.SpanContextConfig{
		TraceID: trace.TraceID{15: 1}, SpanID: trace.SpanID{1}})), "request")
	if span.IsRecording() {
		t.Error("what is not measured is recorded")
	}
}

func TestADroppedEventSpanIsNoticed(t *testing.T) {
	for name, test := range map[string]struct {
		tp   trace.TracerProvider
		want int
	}{
		"dropped":     {sdktrace.NewTracerProvider(sdktrace.WithSampler(sdktrace.NeverSample())), 1},
		"kept":        {sdktrace.NewTracerProvider(), 0},
		"no provider": {noop.NewTracerProvider(), 0},
	} {
		dropped := 0
		_, span := Provider(test.tp, nil, func() { dropped++ }).Tracer("").Start(t.Context(), "event")
		if span.End(); dropped != test.want {
			t.Errorf("%s: noticed %d times, want %d", name, dropped, test.want)
		}
	}
}

func TestAProviderThatCannotBeFlushedIsFlushedByItsProcessors(t *testing.T) {
	byProcessors := errors.New("flushed by the processors")
	flush := func(tp trace.TracerProvider) error {
		return Provider(tp, func(context.Context) error { return byProcessors }, nil).(interface{ ForceFlush(context.Context) error }).ForceFlush(t.Context())
	}
	if err := flush(noop.NewTracerProvider()); !errors.Is(err, byProcessors) {
		t.Errorf("got %v", err)
	}
	if err := flush(sdktrace.NewTracerProvider()); err != nil {
		t.Errorf("an SDK's provider: %v", err)
	}
}
