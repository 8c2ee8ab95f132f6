package e2e

import (
	"context"
	"fmt"
	"runtime"
	"testing"
	"time"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/exporters/otlp/otlpmetric/otlpmetricgrpc"
	"go.opentelemetry.io/otel/exporters/otlp/otlptrace/otlptracegrpc"
	sdkmetric "go.opentelemetry.io/otel/sdk/metric"
	"go.opentelemetry.io/otel/sdk/resource"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/trace"

	"github.com/otelmem/otelmem-go/collector-config/e2e/backends"
	"github.com/otelmem/otelmem-go/otelmem"
)

const (
	// outage is how long a backend is away, and around how long it is there before
	// and after.
	outage = 30 * time.Second
	around = 5 * time.Second
	// pause lies between two operations: 600 in an outage, which the SDK's queue of
	// 2,048 can hold.
	pause = 50 * time.Millisecond
	// patience is for how long the SDK tries to send a batch. By default it is ten
	// seconds, after which the batch is dropped: OTEL_EXPORTER_OTLP_TIMEOUT and
	// OTEL_BSP_EXPORT_TIMEOUT say so too.
	patience = 90 * time.Second
)

// service is one with diagnostics, in this process.
type service struct {
	mem    *otelmem.Diagnostics
	tp     *sdktrace.TracerProvider
	mp     *sdkmetric.MeterProvider
	tracer trace.Tracer
}

func newService(t *testing.T, name, collector string) *service {
	t.Helper()
	mem, err := otelmem.New(otelmem.WithEnabled(true), otelmem.WithDumpDir(t.TempDir()), otelmem.WithLogFile("none"))
	if err != nil {
		t.Fatal(err)
	}
	traces, err := otlptracegrpc.New(t.Context(), otlptracegrpc.WithEndpoint(collector), otlptracegrpc.WithInsecure(), otlptracegrpc.WithTimeout(patience))
	if err != nil {
		t.Fatal(err)
	}
	metrics, err := otlpmetricgrpc.New(t.Context(), otlpmetricgrpc.WithEndpoint(collector), otlpmetricgrpc.WithInsecure())
	if err != nil {
		t.Fatal(err)
	}
	res := resource.NewSchemaless(attribute.String("service.name", name), attribute.String("service.instance.id", "one"))
	s := &service{
		mem: mem,
		tp: sdktrace.NewTracerProvider(sdktrace.WithResource(res),
			sdktrace.WithSpanProcessor(mem.SpanProcessor(sdktrace.NewBatchSpanProcessor(traces,
				sdktrace.WithBatchTimeout(time.Second), sdktrace.WithExportTimeout(patience))))),
		mp: sdkmetric.NewMeterProvider(sdkmetric.WithResource(res),
			sdkmetric.WithReader(sdkmetric.NewPeriodicReader(metrics, sdkmetric.WithInterval(time.Second)))),
	}
	if err := mem.Start(t.Context(), s.tp, s.mp); err != nil {
		t.Fatal(err)
	}
	s.tracer = s.tp.Tracer("e2e")
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
		defer cancel()
		_ = mem.Shutdown(ctx)
		_ = s.tp.Shutdown(ctx)
		_ = s.mp.Shutdown(ctx)
	})
	return s
}

// work runs operations for a while, and returns how many and the longest.
func (s *service) work(name string, over time.Duration) (n int, longest time.Duration) {
	for end := time.Now().Add(over); time.Now().Before(end); n++ {
		start := time.Now()
		// The gateway keeps a span that says so, whatever the real growth was.
		_, span := s.tracer.Start(context.Background(), name, trace.WithAttributes(attribute.Int64("otelmem.heap.growth", 2*keepGrowth)))
		span.End()
		longest = max(longest, time.Since(start))
		time.Sleep(pause)
	}
	return n, longest
}

// live is the heap after a collection.
func live() int64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return int64(m.HeapAlloc)
}

// survives runs a service that is cut off from what kill ends for a while, and
// returns how many operations it ran meanwhile.
func survives(t *testing.T, s *service, kill func(), restart func(context.Context) error) (before, during, after int) {
	t.Helper()
	before, _ = s.work("before", around)
	held := live()
	kill()
	during, longest := s.work("during", outage)
	grew := live() - held
	t.Logf("%d operations while the backend was away, the longest %v; the heap grew by %d KB", during, longest.Round(time.Microsecond), grew>>10)
	if longest > 2*time.Second {
		t.Errorf("an operation took %v: it waited for the backend", longest)
	}
	if grew > 8<<20 {
		t.Errorf("the heap grew by %d bytes", grew)
	}
	if err := restart(t.Context()); err != nil {
		t.Fatal(err)
	}
	after, _ = s.work("after", around)
	return before, during, after
}

// arrives waits until Jaeger has all n traces of an operation.
func arrives(t *testing.T, jaeger *backends.JaegerServer, service, operation string, n int) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 90*time.Second)
	defer cancel()
	err := backends.Eventually(ctx, func() error {
		traces, err := jaeger.Traces(ctx, service, operation, nil, 10*n)
		if err == nil && len(traces) < n {
			err = fmt.Errorf("%d of the %d traces of %q arrived", len(traces), n, operation)
		}
		return err
	})
	if err != nil {
		t.Error(err)
		return
	}
	t.Logf("all %d traces of %q arrived", n, operation)
}

// ownStack is a gateway in front of a Jaeger, for one test.
func ownStack(t *testing.T) (*backends.CollectorServer, *backends.JaegerServer) {
	t.Helper()
	dir := t.TempDir()
	jaeger, err := backends.StartJaeger(t.Context(), binaries.jaeger, dir)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { jaeger.Stop() })
	collector, err := startGateway(t.Context(), dir, jaeger.OTLP, noTempo)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { collector.Stop() })
	return collector, jaeger
}

func TestServiceSurvivesJaegerBeingAwayAndNothingIsLost(t *testing.T) {
	t.Parallel()
	collector, jaeger := ownStack(t)
	s := newService(t, "away-jaeger", collector.OTLP)
	_, during, after := survives(t, s, func() { jaeger.Kill() }, jaeger.Restart)
	// What Jaeger had in memory is gone; what came later waited in the gateway.
	arrives(t, jaeger, "away-jaeger", "during", during)
	arrives(t, jaeger, "away-jaeger", "after", after)
}

func TestServiceSurvivesTheCollectorBeingAwayAndSendsAgain(t *testing.T) {
	t.Parallel()
	collector, jaeger := ownStack(t)
	s := newService(t, "away-collector", collector.OTLP)
	before, during, after := survives(t, s, func() { collector.Kill() }, collector.Restart)
	arrives(t, jaeger, "away-collector", "during", during)
	arrives(t, jaeger, "away-collector", "after", after)
	// Metrics are cumulative: the first export after the outage says all.
	want := before + during + after
	eventually(t, func() error {
		got, err := collector.Sum(t.Context(), "otelmem_operations_total")
		if err == nil && int(got) != want {
			err = fmt.Errorf("the collector has %v operations, the service ran %d", got, want)
		}
		return err
	})
}

// A gateway that is stopped while a backend is away, as in an update, leaves its
// queue on disk to its successor.
func TestQueueOutlivesTheGateway(t *testing.T) {
	t.Parallel()
	const traces, service = 500, "queued"
	collector, jaeger := ownStack(t)
	jaeger.Kill()
	tp := exporting(t, service, collector.OTLP)
	for range traces {
		_, span := tp.Tracer("e2e").Start(t.Context(), "queued", trace.WithAttributes(attribute.Int64("otelmem.heap.growth", keepGrowth)))
		span.End()
	}
	if err := tp.ForceFlush(t.Context()); err != nil {
		t.Fatal(err)
	}
	collector.Stop()
	if err := collector.Restart(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := jaeger.Restart(t.Context()); err != nil {
		t.Fatal(err)
	}
	arrives(t, jaeger, service, "queued", traces)
}
