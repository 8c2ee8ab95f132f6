package spanhook

import (
	"context"
	"encoding/binary"
	"math/rand/v2"
	"testing"

	"go.opentelemetry.io/otel/attribute"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/trace"
)

func TestHeadSamplingIsKnownByTheTracesThatArrive(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	id := func(high, low uint64) (id trace.TraceID) {
		binary.BigEndian.PutUint64(id[:], high)
		binary.BigEndian.PutUint64(id[8:], low)
		return id
	}
	counter := uint64(0)
	for name, test := range map[string]struct {
		next func() trace.TraceID
		want bool
	}{
		"all":                    {func() trace.TraceID { return id(random.Uint64(), random.Uint64()) }, false},
		"one percent":            {func() trace.TraceID { return id(random.Uint64(), random.Uint64()/100) }, true},
		"half":                   {func() trace.TraceID { return id(random.Uint64(), random.Uint64()/2) }, true},
		"one percent, above":     {func() trace.TraceID { return id(random.Uint64(), ^(random.Uint64() >> 8 / 100)) }, true},
		"ids that count":         {func() trace.TraceID { counter++; return id(0, counter) }, false},
		"one trace a hundred ms": {func() trace.TraceID { return id(1, 5) }, false},
	} {
		t.Run(name, func(t *testing.T) {
			for range 20 {
				var h headSampling
				times := 0
				for range 2000 {
					if h.saw(test.next()) {
						times++
					}
				}
				if want := map[bool]int{true: 1}[test.want]; times != want {
					t.Fatalf("said %d times that spans are dropped, want %d", times, want)
				}
			}
		})
	}
}

// Of a service that runs forty operations at once, one in a hundred would be said to run
// alone, and have all growth.
func TestConcurrencyAndShareAreLeftOutUnderHeadSampling(t *testing.T) {
	for ratio, want := range map[float64]bool{0.1: false, 1: true} {
		h := New(func() Reading { return Reading{} }, WithAllAttributes())
		last := new(lastSpan)
		tp := sdktrace.NewTracerProvider(sdktrace.WithSampler(sdktrace.TraceIDRatioBased(ratio)), sdktrace.WithSpanProcessor(h.Processor(last)))
		for range 10_000 {
			_, span := tp.Tracer("").Start(t.Context(), "request")
			span.End()
		}
		attributes := attribute.NewSet(last.span.Attributes()...)
		if _, ok := attributes.Value("otelmem.concurrency"); ok != want {
			t.Errorf("ratio %v: concurrency is there: %t, want %t", ratio, ok, want)
		}
		if got := h.Stats().HeadSampled; got == want {
			t.Errorf("ratio %v: head sampling is known: %t", ratio, got)
		}
	}
}

// lastSpan keeps the span that ended last.
type lastSpan struct {
	sdktrace.SpanProcessor
	span sdktrace.ReadOnlySpan
}

func (*lastSpan) OnStart(_ context.Context, _ sdktrace.ReadWriteSpan) {}
func (l *lastSpan) OnEnd(s sdktrace.ReadOnlySpan)                     { l.span = s }
