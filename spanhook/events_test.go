package spanhook_test

import (
	"testing"

	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/sdk/trace/tracetest"

	"github.com/otelmem/otelmem-go/internal/attrs"
	"github.com/otelmem/otelmem-go/spanhook"
)

// The module's own event spans report on memory: what it did meanwhile is not theirs.
func TestOwnEventSpansAreNotMeasured(t *testing.T) {
	process := newProcess()
	var measured []string
	hook := spanhook.New(process.read, spanhook.WithSink(func(g *spanhook.Growth) { measured = append(measured, g.Span.Name()) }))
	exporter := tracetest.NewInMemoryExporter()
	tp := sdktrace.NewTracerProvider(sdktrace.WithSpanProcessor(hook.Processor(sdktrace.NewSimpleSpanProcessor(exporter))))

	_, operation := tp.Tracer("service").Start(t.Context(), "operation")
	_, event := tp.Tracer(attrs.ScopeEvents).Start(t.Context(), "event")
	process.grow(mib, 0)
	if running := hook.Running(); len(running) != 1 || running[0].Span.Name() != "operation" {
		t.Errorf("running: %+v, want the operation alone", running)
	}
	event.End()
	operation.End()

	if len(measured) != 1 || measured[0] != "operation" {
		t.Errorf("measured %q, want the operation alone", measured)
	}
	if exported := exporter.GetSpans()[0]; exported.Name != "event" || len(exported.Attributes) != 0 {
		t.Errorf("%s was exported with %v, want the event without attributes", exported.Name, exported.Attributes)
	}
	if n := hook.Stats().InFlight; n != 0 {
		t.Errorf("%d in flight after the end", n)
	}
}
