package setup

import (
	"context"
	"errors"
	"fmt"
	"os"
	"sync"

	"go.opentelemetry.io/contrib/instrumentation/runtime"
	"go.opentelemetry.io/otel"
	"go.opentelemetry.io/otel/exporters/otlp/otlpmetric/otlpmetricgrpc"
	"go.opentelemetry.io/otel/exporters/otlp/otlptrace/otlptracegrpc"
	"go.opentelemetry.io/otel/propagation"
	sdkmetric "go.opentelemetry.io/otel/sdk/metric"
	"go.opentelemetry.io/otel/sdk/resource"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"

	"github.com/otelmem/otelmem-go/otelmem"
)

// SDK is a running OpenTelemetry SDK with memory diagnostics.
type SDK struct {
	// Diagnostics is never nil. It is off where MEMORY_DIAGNOSTICS_ENABLED says
	// so.
	Diagnostics *otelmem.Diagnostics
	// TracerProvider and MeterProvider are installed as the global ones.
	TracerProvider *sdktrace.TracerProvider
	MeterProvider  *sdkmetric.MeterProvider

	shutdown    sync.Once
	shutdownErr error
}

// Start builds both providers, installs them and the W3C propagators as the
// global ones, and starts diagnostics. Connections are made in the background:
// an endpoint that does not answer is no error. Where one part cannot be built,
// what was built is shut down again.
func Start(ctx context.Context, opts ...Option) (*SDK, error) {
	c := newConfig(opts)
	mem, err := otelmem.New(c.diagnostics...)
	if err != nil {
		return nil, err
	}
	sdk := &SDK{Diagnostics: mem}
	if err := sdk.build(ctx, &c); err != nil {
		return nil, errors.Join(fmt.Errorf("start the OpenTelemetry SDK: %w", err), sdk.Shutdown(ctx))
	}
	otel.SetTracerProvider(sdk.TracerProvider)
	otel.SetMeterProvider(sdk.MeterProvider)
	otel.SetTextMapPropagator(propagation.NewCompositeTextMapPropagator(propagation.TraceContext{}, propagation.Baggage{}))
	return sdk, nil
}

func (sdk *SDK) build(ctx context.Context, c *config) error {
	res, err := resource.New(ctx,
		withService(), resource.WithTelemetrySDK(), resource.WithHost(), resource.WithProcessPID(),
		resource.WithAttributes(c.attributes...), resource.WithFromEnv())
	if err != nil && !errors.Is(err, resource.ErrPartialResource) {
		return fmt.Errorf("describe this process: %w", err)
	}
	sampler, err := samplerFromEnv()
	if err != nil {
		return err
	}
	traceOptions := []sdktrace.TracerProviderOption{
		sdktrace.WithResource(res),
		sdktrace.WithSampler(sdktrace.AlwaysRecord(sampler)),
	}
	metricOptions := []sdkmetric.Option{sdkmetric.WithResource(res)}
	processors := c.processors
	if c.export {
		traces, err := otlptracegrpc.New(ctx)
		if err != nil {
			return fmt.Errorf("export traces: %w", err)
		}
		processors = append(processors, sdktrace.NewBatchSpanProcessor(traces))
		metrics, err := otlpmetricgrpc.New(ctx)
		if err != nil {
			return fmt.Errorf("export metrics: %w", err)
		}
		metricOptions = append(metricOptions, sdkmetric.WithReader(sdkmetric.NewPeriodicReader(metrics)))
	}
	if len(processors) == 0 && sdk.Diagnostics.Enabled() {
		// Spans that go nowhere are measured all the same.
		traceOptions = append(traceOptions, sdktrace.WithSpanProcessor(sdk.Diagnostics.SpanProcessor(nil)))
	}
	for _, next := range processors {
		traceOptions = append(traceOptions, sdktrace.WithSpanProcessor(sdk.Diagnostics.SpanProcessor(next)))
	}
	for _, reader := range c.readers {
		metricOptions = append(metricOptions, sdkmetric.WithReader(reader))
	}
	sdk.TracerProvider = sdktrace.NewTracerProvider(traceOptions...)
	sdk.MeterProvider = sdkmetric.NewMeterProvider(metricOptions...)
	if err := runtime.Start(runtime.WithMeterProvider(sdk.MeterProvider)); err != nil {
		return fmt.Errorf("start the Go runtime's metrics: %w", err)
	}
	return sdk.Diagnostics.Start(ctx, sdk.TracerProvider, sdk.MeterProvider)
}

// Shutdown stops diagnostics, sends what is left and shuts both providers down.
// Calls after the first return the first one's error.
func (sdk *SDK) Shutdown(ctx context.Context) error {
	sdk.shutdown.Do(func() {
		errs := []error{sdk.Diagnostics.Shutdown(ctx)}
		if sdk.TracerProvider != nil {
			errs = append(errs, sdk.TracerProvider.Shutdown(ctx))
		}
		if sdk.MeterProvider != nil {
			errs = append(errs, sdk.MeterProvider.Shutdown(ctx))
		}
		sdk.shutdownErr = errors.Join(errs...)
	})
	return sdk.shutdownErr
}

// EndpointConfigured says whether the environment names an OTLP endpoint.
func EndpointConfigured() bool {
	for _, name := range []string{"OTEL_EXPORTER_OTLP_ENDPOINT", "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "OTEL_EXPORTER_OTLP_METRICS_ENDPOINT"} {
		if os.Getenv(name) != "" {
			return true
		}
	}
	return false
}
