package spanhook_test

import (
	"context"
	"runtime"
	"slices"
	"testing"
	"time"

	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/trace"

	"github.com/otelmem/otelmem-go/internal/memstat"
	"github.com/otelmem/otelmem-go/spanhook"
)

// discard is the cheapest next processor.
type discard struct{}

func (discard) OnStart(context.Context, sdktrace.ReadWriteSpan) {}
func (discard) OnEnd(sdktrace.ReadOnlySpan)                     {}
func (discard) Shutdown(context.Context) error                  { return nil }
func (discard) ForceFlush(context.Context) error                { return nil }

// stopTheWorld is the obvious way: ReadMemStats at both ends.
type stopTheWorld struct{ discard }

func (stopTheWorld) OnStart(context.Context, sdktrace.ReadWriteSpan) {
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
}

func (stopTheWorld) OnEnd(sdktrace.ReadOnlySpan) {
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
}

func newBenchTracer(p sdktrace.SpanProcessor) trace.Tracer {
	return sdktrace.NewTracerProvider(sdktrace.WithSpanProcessor(p)).Tracer("bench")
}

func benchTracers(b *testing.B) map[string]trace.Tracer {
	b.Helper()
	reader, err := memstat.NewReader(0)
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { _ = reader.Close() })
	return map[string]trace.Tracer{
		"bare":         newBenchTracer(discard{}),
		"otelmem":      newBenchTracer(spanhook.New(reader.Mark).Processor(discard{})),
		"ReadMemStats": newBenchTracer(stopTheWorld{}),
	}
}

// BenchmarkSpan compares a span of the bare SDK with one that we measure and
// one that reads runtime.MemStats at both ends. The ratio is of medians over
// interleaved rounds in one run.
func BenchmarkSpan(b *testing.B) {
	tracers := benchTracers(b)
	names := []string{"bare", "otelmem", "ReadMemStats"}
	for _, name := range names {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				_, span := tracers[name].Start(b.Context(), "op")
				span.End()
			}
		})
	}
	b.Run("ratio", func(b *testing.B) {
		const rounds, spans = 61, 2000
		ctx := b.Context()
		took := make(map[string][]float64)
		for b.Loop() {
			clear(took)
			for range rounds {
				for _, name := range names {
					n := spans
					if name == "ReadMemStats" {
						n = spans / 20
					}
					began := time.Now()
					for range n {
						_, span := tracers[name].Start(ctx, "op")
						span.End()
					}
					took[name] = append(took[name], float64(time.Since(began))/float64(n))
				}
			}
		}
		median := func(name string) float64 {
			slices.Sort(took[name])
			return took[name][len(took[name])/2]
		}
		b.ReportMetric(0, "ns/op")
		b.ReportMetric(median("otelmem")/median("bare"), "otelmem/bare")
		b.ReportMetric(median("ReadMemStats")/median("bare"), "ReadMemStats/bare")
	})
}

// BenchmarkSpanParallel is a busy service: spans on every processor at once.
func BenchmarkSpanParallel(b *testing.B) {
	for name, tracer := range benchTracers(b) {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			b.RunParallel(func(pb *testing.PB) {
				for pb.Next() {
					_, span := tracer.Start(b.Context(), "op")
					span.End()
				}
			})
		})
	}
}

// BenchmarkMillionSpans shows what the table holds after a million spans that
// end and a million that never do, at the default bounds.
func BenchmarkMillionSpans(b *testing.B) {
	for name, ends := range map[string]bool{"ended": true, "never ended": false} {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				hook := spanhook.New(newClockwork().read)
				tracer := newBenchTracer(hook.Processor(discard{}))
				for range 1_000_000 {
					_, span := tracer.Start(b.Context(), "op")
					if ends {
						span.End()
					}
				}
				b.ReportMetric(float64(hook.Stats().Bytes), "table-B")
				b.ReportMetric(float64(hook.Stats().InFlight), "in-flight")
				runtime.KeepAlive(tracer)
			}
		})
	}
}
