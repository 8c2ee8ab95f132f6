package spanhook_test

import (
	"context"
	"runtime"
	"slices"
	"testing"
	"time"

	"go.opentelemetry.io/otel/attribute"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	semconv "go.opentelemetry.io/otel/semconv/v1.39.0"
	"go.opentelemetry.io/otel/trace"
	commonpb "go.opentelemetry.io/proto/otlp/common/v1"
	tracepb "go.opentelemetry.io/proto/otlp/trace/v1"
	"google.golang.org/protobuf/proto"

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
type stopTheWorld struct{ sdktrace.SpanProcessor }

func (p stopTheWorld) OnStart(ctx context.Context, s sdktrace.ReadWriteSpan) {
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	p.SpanProcessor.OnStart(ctx, s)
}

func (p stopTheWorld) OnEnd(s sdktrace.ReadOnlySpan) {
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	p.SpanProcessor.OnEnd(s)
}

// nowhere is an exporter that encodes what it would send by OTLP, and sends
// nothing.
type nowhere struct{}

func (nowhere) ExportSpans(_ context.Context, spans []sdktrace.ReadOnlySpan) error {
	for _, s := range spans {
		traceID, spanID := s.SpanContext().TraceID(), s.SpanContext().SpanID()
		message := &tracepb.Span{
			TraceId:           traceID[:],
			SpanId:            spanID[:],
			Name:              s.Name(),
			StartTimeUnixNano: uint64(s.StartTime().UnixNano()),
			EndTimeUnixNano:   uint64(s.EndTime().UnixNano()),
		}
		for _, kv := range s.Attributes() {
			value := &commonpb.AnyValue{Value: &commonpb.AnyValue_StringValue{StringValue: kv.Value.Emit()}}
			if kv.Value.Type() == attribute.INT64 {
				value.Value = &commonpb.AnyValue_IntValue{IntValue: kv.Value.AsInt64()}
			}
			message.Attributes = append(message.Attributes, &commonpb.KeyValue{Key: string(kv.Key), Value: value})
		}
		encoded, err := proto.Marshal(message)
		if err != nil {
			return err
		}
		runtime.KeepAlive(encoded)
	}
	return nil
}

func (nowhere) Shutdown(context.Context) error { return nil }

var methods = []string{"bare", "otelmem", "provider", "ReadMemStats"}

// benchTracers returns a tracer for each method, in front of next.
func benchTracers(b *testing.B, next func() sdktrace.SpanProcessor) map[string]trace.Tracer {
	b.Helper()
	reader, err := memstat.NewReader(0)
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { _ = reader.Close() })
	tracers := make(map[string]trace.Tracer)
	for method, p := range map[string]sdktrace.SpanProcessor{
		"bare":         next(),
		"otelmem":      spanhook.New(readingOf(reader), spanhook.WithStacks()).Processor(next()),
		"ReadMemStats": stopTheWorld{next()},
	} {
		tp := sdktrace.NewTracerProvider(sdktrace.WithSpanProcessor(p))
		b.Cleanup(func() { _ = tp.Shutdown(context.Background()) })
		tracers[method] = tp.Tracer("bench")
	}
	tp := sdktrace.NewTracerProvider(sdktrace.WithSpanProcessor(next()))
	b.Cleanup(func() { _ = tp.Shutdown(context.Background()) })
	tracers["provider"] = spanhook.New(readingOf(reader), spanhook.WithStacks()).TracerProvider(tp).Tracer("bench")
	return tracers
}

// emptySpan has nothing and goes nowhere: the lower bound of what a span costs.
func emptySpan(ctx context.Context, tracer trace.Tracer) {
	_, span := tracer.Start(ctx, "op")
	span.End()
}

// serverSpan has the attributes of a server's span, at its start and at its end.
func serverSpan(ctx context.Context, tracer trace.Tracer) {
	_, span := tracer.Start(ctx, "GET /api/records", trace.WithSpanKind(trace.SpanKindServer), trace.WithAttributes(
		semconv.HTTPRequestMethodGet,
		semconv.HTTPRoute("/api/records"),
		semconv.URLScheme("http"),
		semconv.URLPath("/api/records"),
		semconv.ServerAddress("localhost"),
	))
	span.SetAttributes(semconv.HTTPResponseStatusCode(200))
	span.End()
}

// BenchmarkSpan compares a span of the bare SDK with one that we measure, by a processor
// and by a wrapped provider, and one that reads runtime.MemStats at both ends: a server's span in front of a
// batch processor, and an empty one in front of nothing. Ratios are of medians
// over interleaved rounds in one run.
func BenchmarkSpan(b *testing.B) {
	for _, kind := range []struct {
		name string
		next func() sdktrace.SpanProcessor
		span func(context.Context, trace.Tracer)
	}{
		{"server", func() sdktrace.SpanProcessor { return sdktrace.NewBatchSpanProcessor(nowhere{}) }, serverSpan},
		{"empty", func() sdktrace.SpanProcessor { return discard{} }, emptySpan},
	} {
		tracers := benchTracers(b, kind.next)
		for _, method := range methods {
			b.Run(kind.name+"/"+method, func(b *testing.B) {
				b.ReportAllocs()
				for b.Loop() {
					kind.span(b.Context(), tracers[method])
				}
			})
		}
		b.Run(kind.name+"/ratio", func(b *testing.B) {
			for b.Loop() {
				took := interleaved(b.Context(), tracers, kind.span)
				b.ReportMetric(0, "ns/op")
				b.ReportMetric(took["otelmem"]/took["bare"], "otelmem/bare")
				b.ReportMetric(took["provider"]/took["bare"], "provider/bare")
				b.ReportMetric(took["ReadMemStats"]/took["bare"], "ReadMemStats/bare")
			}
		})
	}
}

// interleaved returns each method's median nanoseconds a span.
func interleaved(ctx context.Context, tracers map[string]trace.Tracer, span func(context.Context, trace.Tracer)) map[string]float64 {
	const rounds = 61
	took := make(map[string][]float64)
	for range rounds {
		for _, method := range methods {
			n := 2000
			if method == "ReadMemStats" {
				n /= 20
			}
			start := time.Now()
			for range n {
				span(ctx, tracers[method])
			}
			took[method] = append(took[method], float64(time.Since(start))/float64(n))
		}
	}
	medians := make(map[string]float64)
	for method, ns := range took {
		slices.Sort(ns)
		medians[method] = ns[len(ns)/2]
	}
	return medians
}

// BenchmarkSpanParallel is a busy service: spans on every processor at once.
func BenchmarkSpanParallel(b *testing.B) {
	for name, tracer := range benchTracers(b, func() sdktrace.SpanProcessor { return discard{} }) {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			b.RunParallel(func(pb *testing.PB) {
				for pb.Next() {
					emptySpan(b.Context(), tracer)
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
				hook := spanhook.New(newProcess().read)
				tracer := newTracer(hook)
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
