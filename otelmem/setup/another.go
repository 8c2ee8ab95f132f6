package setup

import (
	"context"
	"errors"
	"fmt"

	"go.opentelemetry.io/otel/attribute"
	sdkmetric "go.opentelemetry.io/otel/sdk/metric"
	"go.opentelemetry.io/otel/sdk/resource"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
)

// Providers builds a tracer provider and a meter provider that export as those of
// [Start] do, for a program that reports about another process: attributes describe
// that one, and beat OTEL_RESOURCE_ATTRIBUTES. It installs nothing, starts no
// diagnostics and records nothing of the process that runs. The caller shuts both down.
func Providers(ctx context.Context, attributes ...attribute.KeyValue) (*sdktrace.TracerProvider, *sdkmetric.MeterProvider, error) {
	res, err := resource.New(ctx, resource.WithTelemetrySDK(), resource.WithFromEnv(), resource.WithAttributes(attributes...))
	if err != nil && !errors.Is(err, resource.ErrPartialResource) {
		return nil, nil, fmt.Errorf("describe the process: %w", err)
	}
	sampler, err := samplerFromEnv()
	if err != nil {
		return nil, nil, err
	}
	spans, reader, err := newExporters(ctx)
	if err != nil {
		return nil, nil, err
	}
	traces := []sdktrace.TracerProviderOption{sdktrace.WithResource(res), sdktrace.WithSampler(sampler)}
	if spans != nil {
		traces = append(traces, sdktrace.WithBatcher(spans))
	}
	var readers []sdkmetric.Reader
	if reader != nil {
		readers = append(readers, reader)
	}
	return sdktrace.NewTracerProvider(traces...), newMeterProvider(res, readers), nil
}
