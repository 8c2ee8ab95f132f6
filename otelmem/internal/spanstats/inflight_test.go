package spanstats

import (
	"testing"
	"time"

	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/trace"

	"github.com/otelmem/otelmem-go/spanhook"
)

// Operations beyond the bound share a name, and not a category.
func TestSpansInFlightAreSummedByOperation(t *testing.T) {
	tracer := sdktrace.NewTracerProvider().Tracer("")
	now := time.Date(2026, 1, 1, 12, 0, 0, 0, time.UTC)
	var running []spanhook.Running
	for category, age := range map[string]time.Duration{"a": time.Second, "b": longInFlight, "c": 2 * longInFlight} {
		_, span := tracer.Start(t.Context(), category, trace.WithTimestamp(now.Add(-age)))
		defer span.End()
		running = append(running, spanhook.Running{Span: span.(sdktrace.ReadWriteSpan)})
	}
	by := InFlightBy(running, func(s sdktrace.ReadOnlySpan) (string, string) { return "_overflow", s.Name() }, now)
	f := by["_overflow"]
	if len(by) != 1 || f.Count != 3 || f.Long != 2 || !f.Oldest.Equal(now.Add(-2*longInFlight)) {
		t.Errorf("got %+v of %d operations, want 3 in flight, 2 for long", f, len(by))
	}
}
