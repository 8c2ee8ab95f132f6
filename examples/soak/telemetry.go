package main

import (
	"context"
	"errors"
	"path/filepath"
	"time"

	"go.opentelemetry.io/otel"
	"go.opentelemetry.io/otel/exporters/otlp/otlpmetric/otlpmetricgrpc"
	"go.opentelemetry.io/otel/exporters/otlp/otlptrace/otlptracegrpc"
	sdkmetric "go.opentelemetry.io/otel/sdk/metric"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"

	"github.com/otelmem/otelmem-go/otelmem"
)

// keptProfiles bounds the heap profiles, so that the bound is reached soon.
const keptProfiles = 4

// telemetry is an OpenTelemetry set-up with diagnostics, as README has it.
type telemetry struct {
	mem     *otelmem.Diagnostics
	traces  *sdktrace.TracerProvider
	metrics *sdkmetric.MeterProvider
	self    *sdkmetric.ManualReader // for the metrics of diagnostics themselves
	accused accused
}

func newTelemetry(ctx context.Context, backend, dir string) (*telemetry, error) {
	otel.SetErrorHandler(otel.ErrorHandlerFunc(func(error) {})) // exports fail while the backend is down
	spans, err := otlptracegrpc.New(ctx, otlptracegrpc.WithEndpoint(backend), otlptracegrpc.WithInsecure())
	if err != nil {
		return nil, err
	}
	metrics, err := otlpmetricgrpc.New(ctx, otlpmetricgrpc.WithEndpoint(backend), otlpmetricgrpc.WithInsecure())
	if err != nil {
		return nil, errors.Join(err, spans.Shutdown(ctx))
	}
	t := &telemetry{self: sdkmetric.NewManualReader()}
	t.mem, err = otelmem.New(otelmem.WithEnabled(true),
		otelmem.WithLogger(newAccusations(&t.accused)), otelmem.WithLogFile(filepath.Join(dir, "memory-diagnostics.log")),
		otelmem.WithDumpDir(filepath.Join(dir, "heap-dumps")), otelmem.WithRetention(keptProfiles, 1<<30),
		otelmem.WithThresholds("64MiB", "96MiB", "128MiB", "160MiB"), otelmem.WithReportInterval(5*time.Second))
	t.traces = sdktrace.NewTracerProvider(sdktrace.WithSampler(t.mem.Sampler(sdktrace.AlwaysSample())),
		sdktrace.WithSpanProcessor(t.mem.SpanProcessor(sdktrace.NewBatchSpanProcessor(spans))))
	t.metrics = sdkmetric.NewMeterProvider(sdkmetric.WithReader(t.self),
		sdkmetric.WithReader(sdkmetric.NewPeriodicReader(metrics, sdkmetric.WithInterval(5*time.Second))))
	if err = errors.Join(err, t.mem.Start(ctx, t.traces, t.metrics)); err != nil {
		return nil, errors.Join(err, t.shutdown())
	}
	return t, nil
}

func (t *telemetry) shutdown() error {
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
	defer cancel()
	return errors.Join(t.mem.Shutdown(ctx), t.traces.Shutdown(ctx), t.metrics.Shutdown(ctx))
}
