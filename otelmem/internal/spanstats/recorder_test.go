package spanstats

import (
	"slices"
	"testing"

	sdktrace "go.opentelemetry.io/otel/sdk/trace"

	"github.com/otelmem/otelmem-go/spanhook"
)

// A rule of the user's names operations; and what breaks is reported, not passed on to
// the goroutine that ends a span.
func TestAnObserverThatPanicsIsReportedAndTheNextSpanIsRecorded(t *testing.T) {
	var panics, seen []string
	r := NewRecorder(func(reason string) { panics = append(panics, reason) },
		func(s *Span, _ *spanhook.Growth) {
			if s.Operation == "breaks" {
				panic("out of order")
			}
		},
		func(s *Span, _ *spanhook.Growth) { seen = append(seen, s.Operation) })
	hook := spanhook.New(func() spanhook.Reading { return spanhook.Reading{} }, spanhook.WithSink(r.Put),
		spanhook.WithNames(func(s sdktrace.ReadOnlySpan) (string, string) { return s.Name(), "test" }))
	tracer := sdktrace.NewTracerProvider(sdktrace.WithSpanProcessor(hook.Processor(nil))).Tracer("test")
	for _, name := range []string{"works", "breaks", "works again"} {
		_, span := tracer.Start(t.Context(), name)
		span.End()
	}
	r.Drain()
	if want := []string{"works", "works again"}; !slices.Equal(seen, want) || !slices.Equal(panics, []string{"panic: out of order"}) {
		t.Errorf("seen %q, panics %q, want %q and one", seen, panics, want)
	}
	if n := r.Statistics.Calls(); n != 3 {
		t.Errorf("%d operations, want all three", n)
	}
}
