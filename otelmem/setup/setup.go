package setup

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"strings"
	"sync"

	"go.opentelemetry.io/contrib/instrumentation/runtime"
	"go.opentelemetry.io/otel"
	"go.opentelemetry.io/otel/metric"
	noopmetric "go.opentelemetry.io/otel/metric/noop"
	sdkmetric "go.opentelemetry.io/otel/sdk/metric"
	"go.opentelemetry.io/otel/sdk/resource"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/trace"
	nooptrace "go.opentelemetry.io/otel/trace/noop"

	"github.com/otelmem/otelmem-go/otelmem"
)

// SDK is a running OpenTelemetry SDK with memory diagnostics.
type SDK struct {
	// Diagnostics is never nil. It is off where MEMORY_DIAGNOSTICS_ENABLED says
	// so, and where one of its options is invalid.
	Diagnostics *otelmem.Diagnostics
	// TracerProvider and MeterProvider are installed as the global ones. They do
	// nothing where OTEL_SDK_DISABLED is true.
	TracerProvider trace.TracerProvider
	MeterProvider  metric.MeterProvider

	traces      *sdktrace.TracerProvider // nil where the SDK is disabled
	metrics     *sdkmetric.MeterProvider // nil where the SDK is disabled
	shutdown    sync.Once
	shutdownErr error
}

// Start builds both providers, installs them and the propagators as the global
// ones, and starts diagnostics. Connections are made in the background: an
// endpoint that does not answer is no error. Where one part of the SDK cannot be
// built, what was built is shut down again.
//
// Diagnostics take nothing down. Where one of their variables is invalid, its setting
// is at the default; where they cannot start, because an option contradicts another for
// example, they are off. Standard error and slog's default logger get the reason, and
// the SDK runs.
func Start(ctx context.Context, opts ...Option) (*SDK, error) {
	c := newConfig(opts)
	mem, err := otelmem.New(c.diagnostics...)
	if err != nil && !mem.Enabled() { // else their own log says it
		warn(err)
	}
	sdk := &SDK{Diagnostics: mem}
	if err := sdk.start(ctx, &c); err != nil {
		return nil, errors.Join(fmt.Errorf("start the OpenTelemetry SDK: %w", err), sdk.Shutdown(ctx))
	}
	if err := mem.Start(ctx, sdk.TracerProvider, sdk.MeterProvider); err != nil {
		warn(err)
	}
	return sdk, nil
}

func warn(err error) { slog.Warn("memory diagnostics are not on as they should be", "error", err) }

func (sdk *SDK) start(ctx context.Context, c *config) error {
	propagator, err := propagatorFromEnv()
	if err != nil {
		return err
	}
	// The specification knows no value but true, in any case.
	if strings.EqualFold(strings.TrimSpace(os.Getenv("OTEL_SDK_DISABLED")), "true") {
		sdk.TracerProvider, sdk.MeterProvider = nooptrace.NewTracerProvider(), noopmetric.NewMeterProvider()
	} else if err := sdk.build(ctx, c); err != nil {
		return err
	}
	otel.SetTracerProvider(sdk.TracerProvider)
	otel.SetMeterProvider(sdk.MeterProvider)
	otel.SetTextMapPropagator(propagator)
	return nil
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
	processors, readers := c.processors, c.readers
	if c.export {
		spans, reader, err := newExporters(ctx)
		if err != nil {
			return err
		}
		if spans != nil {
			processors = append(processors, sdktrace.NewBatchSpanProcessor(spans))
		}
		if reader != nil {
			readers = append(readers, reader)
		}
	}
	sdk.traces = sdk.newTracerProvider(res, sampler, processors)
	sdk.metrics = newMeterProvider(res, readers)
	sdk.TracerProvider, sdk.MeterProvider = sdk.traces, sdk.metrics
	if err := runtime.Start(runtime.WithMeterProvider(sdk.metrics)); err != nil {
		return fmt.Errorf("start the Go runtime's metrics: %w", err)
	}
	return nil
}

func (sdk *SDK) newTracerProvider(res *resource.Resource, sampler sdktrace.Sampler, processors []sdktrace.SpanProcessor) *sdktrace.TracerProvider {
	options := []sdktrace.TracerProviderOption{
		sdktrace.WithResource(res),
		sdktrace.WithSampler(sdk.Diagnostics.Sampler(sampler)),
	}
	if len(processors) == 0 && (sdk.Diagnostics.Enabled() || sdk.Diagnostics.Standby()) {
		// Spans that go nowhere are measured all the same.
		options = append(options, sdktrace.WithSpanProcessor(sdk.Diagnostics.SpanProcessor(nil)))
	}
	for _, next := range processors {
		options = append(options, sdktrace.WithSpanProcessor(sdk.Diagnostics.SpanProcessor(next)))
	}
	return sdktrace.NewTracerProvider(options...)
}

func newMeterProvider(res *resource.Resource, readers []sdkmetric.Reader) *sdkmetric.MeterProvider {
	options := []sdkmetric.Option{sdkmetric.WithResource(res)}
	for _, reader := range readers {
		options = append(options, sdkmetric.WithReader(reader))
	}
	return sdkmetric.NewMeterProvider(options...)
}

// ForceFlush sends the spans and metrics that wait to be sent.
func (sdk *SDK) ForceFlush(ctx context.Context) error {
	if sdk.traces == nil {
		return nil
	}
	return errors.Join(sdk.traces.ForceFlush(ctx), sdk.metrics.ForceFlush(ctx))
}

// Shutdown stops diagnostics, sends what is left and shuts both providers down.
// Calls after the first return the first one's error.
func (sdk *SDK) Shutdown(ctx context.Context) error {
	sdk.shutdown.Do(func() {
		errs := []error{sdk.Diagnostics.Shutdown(ctx)}
		if sdk.traces != nil {
			errs = append(errs, sdk.traces.Shutdown(ctx), sdk.metrics.Shutdown(ctx))
		}
		sdk.shutdownErr = errors.Join(errs...)
	})
	return sdk.shutdownErr
}
