package spanhook_test

import (
	"context"
	"runtime"
	"sync"
	"sync/atomic"
	"testing"

	"go.opentelemetry.io/otel/attribute"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/trace"

	"github.com/otelmem/otelmem-go/spanhook"
)

// reads is an exporter that reads what it gets, as all of them do.
type reads struct{}

func (reads) ExportSpans(_ context.Context, spans []sdktrace.ReadOnlySpan) error {
	for _, s := range spans {
		for _, kv := range s.Attributes() {
			_ = kv.Value.Emit()
		}
	}
	return nil
}

func (reads) Shutdown(context.Context) error { return nil }

// The race detector is the judge.
func TestSpansThatEndWhileTheyAreNamed(t *testing.T) {
	for name, provider := range map[string]func(*spanhook.Hook) (trace.TracerProvider, *sdktrace.TracerProvider){
		"processor": func(h *spanhook.Hook) (trace.TracerProvider, *sdktrace.TracerProvider) {
			tp := sdktrace.NewTracerProvider(sdktrace.WithSpanProcessor(h.Processor(sdktrace.NewSimpleSpanProcessor(reads{}))))
			return tp, tp
		},
		"processor behind another": func(h *spanhook.Hook) (trace.TracerProvider, *sdktrace.TracerProvider) {
			tp := sdktrace.NewTracerProvider(sdktrace.WithBatcher(reads{}), sdktrace.WithSpanProcessor(h.Processor(nil)))
			return tp, tp
		},
		"provider": func(h *spanhook.Hook) (trace.TracerProvider, *sdktrace.TracerProvider) {
			tp := sdktrace.NewTracerProvider(sdktrace.WithBatcher(reads{}))
			return h.TracerProvider(tp), tp
		},
		"provider of spans that are dropped": func(h *spanhook.Hook) (trace.TracerProvider, *sdktrace.TracerProvider) {
			tp := sdktrace.NewTracerProvider(sdktrace.WithBatcher(reads{}), sdktrace.WithSampler(sdktrace.NeverSample()))
			return h.TracerProvider(tp), tp
		},
	} {
		t.Run(name, func(t *testing.T) {
			hook := spanhook.New(newProcess().read, spanhook.WithNames(byRoute))
			measured, sdk := provider(hook)
			tracer := measured.Tracer("test")
			var requests sync.WaitGroup
			for range 4 {
				requests.Go(func() {
					for range 2000 {
						_, span := tracer.Start(t.Context(), "GET", trace.WithAttributes(attribute.String("http.route", "/a"), attribute.Int("n", 1)))
						span.SetAttributes(attribute.Int("n", 2), attribute.String("http.route", "/b"))
						runtime.Gosched()
						span.End()
					}
				})
			}
			var ended atomic.Bool
			var reports sync.WaitGroup
			reports.Go(func() {
				for !ended.Load() {
					for _, r := range hook.Running() {
						byRoute(r.Span)
					}
				}
			})
			requests.Wait()
			ended.Store(true)
			reports.Wait()
			if err := sdk.Shutdown(t.Context()); err != nil {
				t.Error(err)
			}
		})
	}
}

// A span whose attributes are at the limit is rewritten by each that is set.
func TestAttributesSetWhileASpanEnds(t *testing.T) {
	limits := sdktrace.NewSpanLimits()
	limits.AttributeCountLimit = 3
	sdk := sdktrace.NewTracerProvider(sdktrace.WithSyncer(reads{}), sdktrace.WithRawSpanLimits(limits))
	tracer := spanhook.New(newProcess().read, spanhook.WithNames(byRoute)).TracerProvider(sdk).Tracer("test")
	for range 500 {
		_, span := tracer.Start(t.Context(), "GET")
		span.SetAttributes(attribute.Int("a", 1), attribute.Int("b", 1), attribute.Int("c", 1))
		var worker sync.WaitGroup
		worker.Go(func() {
			for i := range 10 {
				span.SetAttributes(attribute.Int("a", i), attribute.String("http.route", "/late"))
			}
		})
		span.End()
		worker.Wait()
	}
}
