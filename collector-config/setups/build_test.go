package setups

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"testing"
	"time"

	"go.opentelemetry.io/contrib/otelconf"
	"go.opentelemetry.io/otel"
	"go.opentelemetry.io/otel/exporters/otlp/otlpmetric/otlpmetricgrpc"
	"go.opentelemetry.io/otel/exporters/otlp/otlpmetric/otlpmetrichttp"
	"go.opentelemetry.io/otel/exporters/otlp/otlptrace/otlptracegrpc"
	"go.opentelemetry.io/otel/exporters/otlp/otlptrace/otlptracehttp"
	"go.opentelemetry.io/otel/metric"
	sdkmetric "go.opentelemetry.io/otel/sdk/metric"
	"go.opentelemetry.io/otel/sdk/metric/metricdata"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/trace"

	"github.com/otelmem/otelmem-go/internal/otlptest"
	"github.com/otelmem/otelmem-go/otelmem"
	"github.com/otelmem/otelmem-go/otelmem/setup"
)

// service is a program with a set-up, and diagnostics that run.
type service struct {
	mem      *otelmem.Diagnostics
	provider trace.TracerProvider // that the program uses
	shutdown func(context.Context) error
}

// builder makes a service of what is configured.
type builder int

const (
	bySDK builder = iota
	byOtelconfFile
	byOtelconfOption
	bySetup
)

// globalHasSDK says that the first row has run: tests can be run more than once.
var globalHasSDK bool

func (c *configured) start(t *testing.T) (*service, *otlptest.Receiver) {
	t.Helper()
	if c.global && globalHasSDK {
		t.Skip("the global provider gets an SDK once in a process")
	}
	if c.global {
		globalHasSDK = true
	}
	receiver := otlptest.Start(t)
	endpoint := receiver.Endpoint()
	if c.http {
		endpoint = receiver.StartHTTP(t)
	}
	options := []otelmem.Option{otelmem.WithEnabled(true), otelmem.WithDumpDir(t.TempDir()), otelmem.WithLogFile("none"),
		otelmem.WithLogger(slog.New(slog.DiscardHandler))}
	if c.by == bySetup {
		return c.bySetup(t, endpoint, options), receiver
	}
	mem, err := otelmem.New(options...)
	if err != nil {
		t.Fatal(err)
	}
	var sdk trace.TracerProvider
	var mp metric.MeterProvider
	var shutdown func(context.Context) error
	if c.by == bySDK {
		tracers := sdktrace.NewTracerProvider(c.tracerOptions(t, mem, endpoint)...)
		meters := sdkmetric.NewMeterProvider(sdkmetric.WithReader(sdkmetric.NewPeriodicReader(c.metricExporter(t, endpoint), sdkmetric.WithInterval(time.Hour))))
		sdk, mp = tracers, meters
		shutdown = func(ctx context.Context) error { return errors.Join(tracers.Shutdown(ctx), meters.Shutdown(ctx)) }
	} else {
		conf := c.byOtelconf(t, mem, endpoint)
		sdk, mp, shutdown = conf.TracerProvider(), conf.MeterProvider(), conf.Shutdown
	}
	provider := sdk
	switch {
	case c.global:
		provider = otel.GetTracerProvider()
	case c.wrapped == theProvider:
		provider = mem.TracerProvider(sdk)
	}
	if err := mem.Start(t.Context(), provider, mp); err != nil {
		t.Fatal(err)
	}
	if c.global {
		otel.SetTracerProvider(sdk)
	}
	return &service{mem, provider, func(ctx context.Context) error { return errors.Join(mem.Shutdown(ctx), shutdown(ctx)) }}, receiver
}

func (c *configured) tracerOptions(t *testing.T, mem *otelmem.Diagnostics, endpoint string) []sdktrace.TracerProviderOption {
	t.Helper()
	var options []sdktrace.TracerProviderOption
	processors := c.processors
	if processors == nil {
		processors = []string{"batch"}
	}
	for _, kind := range processors {
		options = append(options, sdktrace.WithSpanProcessor(c.processor(t, kind, mem, endpoint)))
	}
	return append(options, c.spanOptions(mem)...)
}

// spanOptions are the sampler and the limits.
func (c *configured) spanOptions(mem *otelmem.Diagnostics) []sdktrace.TracerProviderOption {
	var sampler sdktrace.Sampler
	switch c.sampler {
	case ratio:
		sampler = sdktrace.ParentBased(sdktrace.TraceIDRatioBased(1. / oneIn))
	case recordOnly:
		sampler = sdktrace.AlwaysRecord(sdktrace.NeverSample())
	default:
		sampler = sdktrace.ParentBased(sdktrace.AlwaysSample())
	}
	if c.memSampler {
		sampler = mem.Sampler(sampler)
	}
	options := []sdktrace.TracerProviderOption{sdktrace.WithSampler(sampler)}
	if c.limits != nil {
		limits := sdktrace.NewSpanLimits()
		c.limits(&limits)
		options = append(options, sdktrace.WithRawSpanLimits(limits))
	}
	return options
}

func (c *configured) processor(t *testing.T, kind string, mem *otelmem.Diagnostics, endpoint string) sdktrace.SpanProcessor {
	t.Helper()
	var exporter sdktrace.SpanExporter
	var err error
	if c.http {
		exporter, err = otlptracehttp.New(t.Context(), otlptracehttp.WithEndpoint(endpoint), otlptracehttp.WithInsecure())
	} else {
		exporter, err = otlptracegrpc.New(t.Context(), otlptracegrpc.WithEndpoint(endpoint), otlptracegrpc.WithInsecure())
	}
	if err != nil {
		t.Fatal(err)
	}
	var p sdktrace.SpanProcessor
	switch kind {
	case "batch":
		p = sdktrace.NewBatchSpanProcessor(exporter)
	case "blocking":
		p = sdktrace.NewBatchSpanProcessor(exporter, sdktrace.WithBlocking(), sdktrace.WithMaxQueueSize(10), sdktrace.WithMaxExportBatchSize(5))
	case "simple":
		p = sdktrace.NewSimpleSpanProcessor(exporter)
	default:
		t.Fatalf("no processor is %s", kind)
	}
	if c.wrapped == theProcessor {
		p = mem.SpanProcessor(p)
	}
	return p
}

func (c *configured) metricExporter(t *testing.T, endpoint string) sdkmetric.Exporter {
	t.Helper()
	temporality, aggregation := sdkmetric.DefaultTemporalitySelector, sdkmetric.DefaultAggregationSelector
	if c.delta {
		temporality = func(kind sdkmetric.InstrumentKind) metricdata.Temporality {
			if kind == sdkmetric.InstrumentKindUpDownCounter || kind == sdkmetric.InstrumentKindObservableUpDownCounter {
				return metricdata.CumulativeTemporality // as OTLP's preference of delta has it
			}
			return metricdata.DeltaTemporality
		}
	}
	if c.histogram == "exponential" {
		aggregation = func(kind sdkmetric.InstrumentKind) sdkmetric.Aggregation {
			if kind == sdkmetric.InstrumentKindHistogram {
				return sdkmetric.AggregationBase2ExponentialHistogram{MaxSize: 160, MaxScale: 20}
			}
			return sdkmetric.DefaultAggregationSelector(kind)
		}
	}
	var exporter sdkmetric.Exporter
	var err error
	if c.http {
		exporter, err = otlpmetrichttp.New(t.Context(), otlpmetrichttp.WithEndpoint(endpoint), otlpmetrichttp.WithInsecure(),
			otlpmetrichttp.WithTemporalitySelector(temporality), otlpmetrichttp.WithAggregationSelector(aggregation))
	} else {
		exporter, err = otlpmetricgrpc.New(t.Context(), otlpmetricgrpc.WithEndpoint(endpoint), otlpmetricgrpc.WithInsecure(),
			otlpmetricgrpc.WithTemporalitySelector(temporality), otlpmetricgrpc.WithAggregationSelector(aggregation))
	}
	if err != nil {
		t.Fatal(err)
	}
	return exporter
}

// byOtelconf reads the set-up from a file, but for the processor where that is an
// option.
func (c *configured) byOtelconf(t *testing.T, mem *otelmem.Diagnostics, endpoint string) otelconf.SDK {
	t.Helper()
	exporter := fmt.Sprintf("{exporter: {otlp_grpc: {endpoint: 'http://%s'}}}", endpoint)
	processors := "[{batch: " + exporter + "}]"
	var options []otelconf.ConfigurationOption
	if c.by == byOtelconfOption {
		processors = "[]"
		options = append(options, otelconf.WithTracerProviderOptions(sdktrace.WithSpanProcessor(c.processor(t, "batch", mem, endpoint))))
	}
	sampled := 1.
	if c.sampler == ratio {
		sampled /= oneIn
	}
	file := filepath.Join(t.TempDir(), "otel.yaml")
	if err := os.WriteFile(file, fmt.Appendf(nil, `file_format: "1.0"
tracer_provider:
  processors: %s
  sampler: {parent_based: {root: {trace_id_ratio_based: {ratio: %v}}}}
meter_provider:
  readers: [{periodic: %s}]
`, processors, sampled, exporter), 0o600); err != nil {
		t.Fatal(err)
	}
	t.Setenv("OTEL_CONFIG_FILE", file)
	sdk, err := otelconf.NewSDK(options...)
	if err != nil {
		t.Fatal(err)
	}
	return sdk
}

// bySetup configures by the environment.
func (c *configured) bySetup(t *testing.T, endpoint string, options []otelmem.Option) *service {
	t.Helper()
	t.Setenv("OTEL_EXPORTER_OTLP_ENDPOINT", "http://"+endpoint)
	if c.http {
		t.Setenv("OTEL_EXPORTER_OTLP_PROTOCOL", "http/protobuf")
	}
	if c.sampler == ratio {
		t.Setenv("OTEL_TRACES_SAMPLER", "parentbased_traceidratio")
		t.Setenv("OTEL_TRACES_SAMPLER_ARG", fmt.Sprint(1./oneIn))
	}
	sdk, err := setup.Start(t.Context(), setup.WithServiceName("setups"), setup.WithDiagnostics(options...))
	if err != nil {
		t.Fatal(err)
	}
	return &service{sdk.Diagnostics, otel.GetTracerProvider(), sdk.Shutdown}
}
