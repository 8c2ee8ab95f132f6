package otlptest_test

import (
	"context"
	"slices"
	"strings"
	"testing"
	"time"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/exporters/otlp/otlpmetric/otlpmetricgrpc"
	"go.opentelemetry.io/otel/exporters/otlp/otlptrace/otlptracegrpc"
	"go.opentelemetry.io/otel/metric"
	sdkmetric "go.opentelemetry.io/otel/sdk/metric"
	"go.opentelemetry.io/otel/sdk/resource"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/trace"
	"go.uber.org/goleak"

	"github.com/otelmem/otelmem-go/internal/otlptest"
)

// res is shared by the providers of these tests.
var res = resource.NewSchemaless(attribute.String("service.name", "test"))

// noLeak fails the test if a goroutine is left after all else that it cleans up.
func noLeak(t *testing.T) {
	before := goleak.IgnoreCurrent()
	t.Cleanup(func() { goleak.VerifyNone(t, before) })
}

// tracing exports each span when it ends.
func tracing(t *testing.T, r *otlptest.Receiver, retry bool) *sdktrace.TracerProvider {
	t.Helper()
	exporter, err := otlptracegrpc.New(t.Context(), otlptracegrpc.WithEndpoint(r.Endpoint()), otlptracegrpc.WithInsecure(),
		otlptracegrpc.WithRetry(otlptracegrpc.RetryConfig{Enabled: retry, InitialInterval: time.Millisecond, MaxInterval: time.Millisecond, MaxElapsedTime: time.Minute}))
	if err != nil {
		t.Fatal(err)
	}
	tp := sdktrace.NewTracerProvider(sdktrace.WithBatcher(exporter), sdktrace.WithResource(res))
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
		defer cancel()
		if err := tp.Shutdown(ctx); err != nil && !strings.Contains(err.Error(), "refused") {
			t.Error(err)
		}
	})
	return tp
}

func TestSpansArriveAsTheyWereSent(t *testing.T) {
	noLeak(t)
	r := otlptest.Start(t)
	tp := tracing(t, r, true)
	tracer := tp.Tracer("scope", trace.WithInstrumentationVersion("1.2"))
	ctx, root := tracer.Start(t.Context(), "root")
	_, child := tracer.Start(ctx, "child", trace.WithSpanKind(trace.SpanKindClient), trace.WithAttributes(
		attribute.String("s", "text"), attribute.Int64("i", 1<<40), attribute.Float64("f", 1.5), attribute.Bool("b", true), attribute.StringSlice("l", []string{"x", "y"})),
		trace.WithLinks(trace.Link{SpanContext: root.SpanContext(), Attributes: []attribute.KeyValue{attribute.Bool("suspect", true)}}))
	child.End()
	root.End()
	if err := tp.ForceFlush(t.Context()); err != nil {
		t.Fatal(err)
	}

	got, err := r.WaitSpanNamed(t.Context(), "child")
	if err != nil {
		t.Fatal(err)
	}
	for key, want := range map[string]any{"s": "text", "i": int64(1 << 40), "f": 1.5, "b": true, "none": nil} {
		if v := got.Attr(key); v != want {
			t.Errorf("attribute %s is %#v, want %#v", key, v, want)
		}
	}
	if list, ok := got.Attr("l").([]any); !ok || !slices.Equal(list, []any{"x", "y"}) {
		t.Errorf("attribute l is %#v, want x and y", got.Attr("l"))
	}
	if id := root.SpanContext().SpanID(); !slices.Equal(got.GetParentSpanId(), id[:]) {
		t.Errorf("parent %x, want %v", got.GetParentSpanId(), id)
	}
	if name := otlptest.Attr(got.Resource.GetAttributes(), "service.name"); name != "test" {
		t.Errorf("service.name %v, want test", name)
	}
	if got.Scope.GetName() != "scope" || got.Scope.GetVersion() != "1.2" {
		t.Errorf("scope %v, want scope 1.2", got.Scope)
	}
	if links := got.GetLinks(); len(links) != 1 || otlptest.Attr(links[0].GetAttributes(), "suspect") != true {
		t.Errorf("links %v, want one to a suspect", links)
	}
	if n, named := len(r.Spans()), len(r.SpansNamed("root")); n != 2 || named != 1 {
		t.Errorf("%d spans, %d named root, want 2 and 1", n, named)
	}
	r.Reset()
	if n := len(r.Spans()); n != 0 {
		t.Errorf("%d spans after Reset", n)
	}
}

func TestWaitSpanWaitsForWhatIsToCome(t *testing.T) {
	noLeak(t)
	r := otlptest.Start(t)
	tp := tracing(t, r, true)
	found := make(chan error, 1)
	go func() {
		_, err := r.WaitSpanNamed(t.Context(), "late")
		found <- err
	}()
	for _, name := range []string{"early", "late"} {
		_, span := tp.Tracer("").Start(t.Context(), name)
		span.End()
		if err := tp.ForceFlush(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	if err := <-found; err != nil {
		t.Error(err)
	}
}

func TestWaitSpanTellsWhatDidArrive(t *testing.T) {
	noLeak(t)
	r := otlptest.Start(t)
	tp := tracing(t, r, true)
	_, span := tp.Tracer("").Start(t.Context(), "other")
	span.End()
	if err := tp.ForceFlush(t.Context()); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := r.WaitSpanNamed(ctx, "never"); err == nil || !strings.Contains(err.Error(), "other") {
		t.Errorf("error %v, want one that names the span that arrived", err)
	}
}

func TestMetricsArriveAsTheyWereSent(t *testing.T) {
	noLeak(t)
	r := otlptest.Start(t)
	exporter, err := otlpmetricgrpc.New(t.Context(), otlpmetricgrpc.WithEndpoint(r.Endpoint()), otlpmetricgrpc.WithInsecure())
	if err != nil {
		t.Fatal(err)
	}
	mp := sdkmetric.NewMeterProvider(sdkmetric.WithReader(sdkmetric.NewPeriodicReader(exporter)), sdkmetric.WithResource(res))
	counter, err := mp.Meter("scope").Int64Counter("calls")
	if err != nil {
		t.Fatal(err)
	}
	for want := int64(1); want <= 2; want++ {
		counter.Add(t.Context(), 1, metric.WithAttributes(attribute.String("k", "v")))
		if err := mp.ForceFlush(t.Context()); err != nil {
			t.Fatal(err)
		}
		m, err := r.WaitMetric(t.Context(), func(m otlptest.Metric) bool {
			return m.GetName() == "calls" && m.GetSum().GetDataPoints()[0].GetAsInt() == want
		})
		if err != nil {
			t.Fatal(err)
		}
		last, ok := r.LastMetric("calls")
		if !ok || last.Metric != m.Metric {
			t.Errorf("the last metric is %v, want %v", last, m)
		}
		point := m.GetSum().GetDataPoints()[0]
		if otlptest.Attr(point.GetAttributes(), "k") != "v" || m.Scope.GetName() != "scope" {
			t.Errorf("data point %v in %v, want k=v in scope", point, m.Scope)
		}
	}
	if _, ok := r.LastMetric("none"); ok || len(r.Metrics()) < 2 {
		t.Errorf("%d metrics, one of them none: %v", len(r.Metrics()), ok)
	}
	if err := mp.Shutdown(t.Context()); err != nil {
		t.Error(err)
	}
}

func TestRefusedSpansArriveLater(t *testing.T) {
	noLeak(t)
	r := otlptest.Start(t)
	tp := tracing(t, r, true)
	r.Refuse("for the test")
	_, span := tp.Tracer("").Start(t.Context(), "patient")
	span.End()
	flushed := make(chan error, 1)
	go func() { flushed <- tp.ForceFlush(t.Context()) }()
	if err := r.WaitRefused(t.Context(), 2); err != nil { // it has tried again
		t.Fatal(err)
	}
	if n := len(r.Spans()); n != 0 {
		t.Errorf("%d spans kept while refusing", n)
	}
	r.Accept()
	if err := <-flushed; err != nil {
		t.Error(err)
	}
	if _, err := r.WaitSpanNamed(t.Context(), "patient"); err != nil {
		t.Error(err)
	}
}

func TestARefusalReachesTheExporter(t *testing.T) {
	noLeak(t)
	r := otlptest.Start(t)
	tp := tracing(t, r, false)
	r.Refuse("full")
	_, span := tp.Tracer("").Start(t.Context(), "lost")
	span.End()
	if err := tp.ForceFlush(t.Context()); err == nil || !strings.Contains(err.Error(), "refused: full") {
		t.Errorf("error %v, want the refusal", err)
	}
}

func TestAStoppedReceiverIsGone(t *testing.T) {
	noLeak(t)
	r := otlptest.Start(t)
	tp := tracing(t, r, false)
	r.Stop()
	_, span := tp.Tracer("").Start(t.Context(), "lost")
	span.End()
	ctx, cancel := context.WithTimeout(t.Context(), time.Second)
	defer cancel()
	if err := tp.ForceFlush(ctx); err == nil {
		t.Error("an export to a stopped receiver succeeded")
	}
}
