package setup_test

import (
	"context"
	"errors"
	"testing"

	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/sdk/trace/tracetest"

	"github.com/otelmem/otelmem-go/otelmem"
	"github.com/otelmem/otelmem-go/otelmem/setup"
)

// stuck is a span processor that cannot be shut down, and counts how often that was
// tried.
type stuck struct {
	sdktrace.SpanProcessor
	err   error
	tried int
}

func (s *stuck) Shutdown(context.Context) error {
	s.tried++
	return s.err
}

func TestEachShutdownHasTheErrorOfTheFirst(t *testing.T) {
	next := &stuck{SpanProcessor: sdktrace.NewSimpleSpanProcessor(tracetest.NewNoopExporter()), err: errors.New("stuck")}
	sdk, err := setup.Start(t.Context(), setup.WithExport(false), setup.WithSpanProcessor(next))
	if err != nil {
		t.Fatal(err)
	}
	for range 2 {
		if err := sdk.Shutdown(t.Context()); !errors.Is(err, next.err) {
			t.Errorf("Shutdown: %v, want %v", err, next.err)
		}
	}
	if next.tried != 1 {
		t.Errorf("it was tried %d times, want once", next.tried)
	}
}

func TestOperationsThatAreExportedNowhereAreMeasured(t *testing.T) {
	sdk, err := setup.Start(t.Context(), setup.WithExport(false),
		setup.WithDiagnostics(otelmem.WithEnabled(true), otelmem.WithLogFile("none"), otelmem.WithDumpDir(t.TempDir())))
	if err != nil {
		t.Fatal(err)
	}
	_, span := sdk.TracerProvider.Tracer("test").Start(t.Context(), "job")
	span.End()
	if spans := sdk.Diagnostics.Spans(10); len(spans) != 1 || spans[0].Operation != "job" {
		t.Errorf("spans %+v, want the job", spans)
	}
	if err := sdk.Shutdown(t.Context()); err != nil {
		t.Error(err)
	}
}
