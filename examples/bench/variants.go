package main

import (
	"context"
	"fmt"
	"maps"
	"net/http"
	"os"
	"path/filepath"
	"runtime"
	"slices"

	otelpyroscope "github.com/grafana/otel-profiling-go"
	"go.opentelemetry.io/otel/attribute"
	sdkmetric "go.opentelemetry.io/otel/sdk/metric"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/trace"

	"github.com/otelmem/otelmem-go/otelmem"
)

// variant is a way to instrument a server. A function that is nil leaves things as
// they are.
type variant struct {
	// processor wraps the batch processor.
	processor func(sdktrace.SpanProcessor) sdktrace.SpanProcessor
	// provider wraps the tracer provider.
	provider func(trace.TracerProvider) trace.TracerProvider
	// handler wraps the mux.
	handler func(http.Handler) http.Handler
	// start is called once everything is set up.
	start func(context.Context, trace.TracerProvider, *sdkmetric.MeterProvider) error
}

// variants make each of them; an error says why it is not to be had.
var variants = map[string]func() (variant, error){
	"bare":                    func() (variant, error) { return variant{}, nil },
	"otelmem":                 ours,
	"otelmem without Handler": withoutHandler,
	"off with Handler":        func() (variant, error) { return variant{handler: otelmem.Handler}, nil },
	"nine attributes":         func() (variant, error) { return variant{processor: nineAttributes}, nil },
	"grafana profiling":       grafana,
	"ReadMemStats":            func() (variant, error) { return variant{processor: readMemStats}, nil },
}

func variantNames() []string { return slices.Sorted(maps.Keys(variants)) }

// ours has everything on, as it is by default.
func ours() (variant, error) {
	dir, err := os.MkdirTemp("", "otelmem-bench-")
	if err != nil {
		return variant{}, err
	}
	d, err := otelmem.New(otelmem.WithEnabled(true),
		otelmem.WithDumpDir(dir), otelmem.WithLogFile(filepath.Join(dir, "log")))
	if err != nil {
		return variant{}, fmt.Errorf("make memory diagnostics: %w", err)
	}
	return variant{
		processor: d.SpanProcessor,
		handler:   otelmem.Handler,
		start: func(ctx context.Context, tp trace.TracerProvider, mp *sdkmetric.MeterProvider) error {
			return d.Start(ctx, tp, mp)
		},
	}, nil
}

func withoutHandler() (variant, error) {
	v, err := ours()
	v.handler = nil
	return v, err
}

// grafana labels CPU samples with the span, and spans with a profile's id.
func grafana() (variant, error) {
	return variant{provider: func(tp trace.TracerProvider) trace.TracerProvider {
		return otelpyroscope.NewTracerProvider(tp)
	}}, nil
}

// nineAttributes shows what attributes alone cost, whatever their values.
func nineAttributes(next sdktrace.SpanProcessor) sdktrace.SpanProcessor {
	return atStart{next, func(s sdktrace.ReadWriteSpan) {
		s.SetAttributes(
			attribute.String("bench.attribute.string_one", "api_records"),
			attribute.String("bench.attribute.string_two", "<1MiB"),
			attribute.Int64("bench.attribute.number_one", 0),
			attribute.Int64("bench.attribute.number_two", 0),
			attribute.Int64("bench.attribute.number_three", 0),
			attribute.Int64("bench.attribute.number_four", 8192),
			attribute.Int64("bench.attribute.number_five", 8192),
			attribute.Int64("bench.attribute.number_six", 0),
			attribute.Float64("bench.attribute.number_seven", 1),
		)
	}}
}

// readMemStats is the obvious way to measure a span: at both its ends.
func readMemStats(next sdktrace.SpanProcessor) sdktrace.SpanProcessor {
	return atEnd{atStart{next, func(sdktrace.ReadWriteSpan) { memStats() }}, memStats}
}

func memStats() {
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
}

type atStart struct {
	sdktrace.SpanProcessor
	do func(sdktrace.ReadWriteSpan)
}

func (p atStart) OnStart(ctx context.Context, s sdktrace.ReadWriteSpan) {
	p.do(s)
	p.SpanProcessor.OnStart(ctx, s)
}

type atEnd struct {
	sdktrace.SpanProcessor
	do func()
}

func (p atEnd) OnEnd(s sdktrace.ReadOnlySpan) {
	p.do()
	p.SpanProcessor.OnEnd(s)
}
