package e2e

import (
	"context"
	"errors"
	"fmt"
	"math"
	"net/http/httptest"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promhttp"
	"go.opentelemetry.io/otel/exporters/otlp/otlpmetric/otlpmetrichttp"
	otelprometheus "go.opentelemetry.io/otel/exporters/prometheus"
	sdkmetric "go.opentelemetry.io/otel/sdk/metric"
	"go.opentelemetry.io/otel/sdk/metric/metricdata"
	"go.opentelemetry.io/otel/sdk/resource"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"

	"go.opentelemetry.io/otel/attribute"

	"github.com/otelmem/otelmem-go/collector-config/e2e/backends"
	"github.com/otelmem/otelmem-go/otelmem"
	memreport "github.com/otelmem/otelmem-go/otelmem/report"
)

// way is how metrics get into Prometheus without a collector.
type way struct {
	name        string
	exporter    bool // its own exporter, scraped; else OTLP
	delta       bool
	exponential bool
}

var ways = []way{
	{name: "exporter", exporter: true},
	{name: "cumulative"},
	{name: "delta", delta: true},
	{name: "exponential", exponential: true},
	{name: "exponential-delta", exponential: true, delta: true},
}

// What a service reports of itself is in Prometheus, whichever way it gets there.
func TestSumsAreTheSameByEveryWayIntoPrometheus(t *testing.T) {
	registry := prometheus.NewRegistry()
	exporter := httptest.NewServer(promhttp.HandlerFor(registry, promhttp.HandlerOpts{}))
	defer exporter.Close()
	server, err := backends.StartPrometheusReceiver(t.Context(), binaries.prometheus, t.TempDir(), strings.TrimPrefix(exporter.URL, "http://"))
	if err != nil {
		t.Fatal(err)
	}
	defer server.Stop()
	for _, w := range ways {
		t.Run(w.name, func(t *testing.T) {
			service := w.start(t, server, registry)
			defer func() {
				if err := service.stop(); err != nil {
					t.Error(err)
				}
			}()
			name := "way_" + w.name
			for range 3 { // deltas are of more than one export
				service.work(t, name)
				service.flush(t)
			}
			categories := service.flush(t).Categories
			i := slices.IndexFunc(categories, func(c memreport.Category) bool { return c.Name == name })
			if i < 0 {
				t.Fatalf("no %s in %+v", name, categories)
			}
			want := categories[i]
			for query, value := range map[string]int64{
				`otelmem_operations_total{%s}`:             want.Growth.Calls,
				w.sumOf(`otelmem_span_growth_bytes`):       want.Growth.Heap,
				`otelmem_memory_allocated_bytes_total{%s}`: want.Allocated,
			} {
				query = "sum(" + fmt.Sprintf(query, fmt.Sprintf("otelmem_category=%q", want.Name)) + ")"
				eventually(t, func() error { return has(t.Context(), server, query, float64(value)) })
			}
		})
	}
}

// sumOf is the query of a histogram's sum.
func (w *way) sumOf(histogram string) string {
	if w.exponential {
		return "histogram_sum(" + histogram + `{otelmem_memory_type="heap",%s})`
	}
	return histogram + `_sum{otelmem_memory_type="heap",%s}`
}

// has says why a query's only answer is not the value, within 1 %.
func has(ctx context.Context, server *backends.PrometheusServer, query string, want float64) error {
	samples, err := server.Query(ctx, query)
	if err != nil {
		return err
	}
	if len(samples) != 1 {
		return fmt.Errorf("%s: %d samples", query, len(samples))
	}
	if got := samples[0].Value; math.Abs(got-want) > 0.01*want {
		return fmt.Errorf("%s is %.0f, the service reports %.0f", query, got, want)
	}
	return nil
}

// wayService is memory diagnostics in this process, whose metrics go one way.
type wayService struct {
	mem  *otelmem.Diagnostics
	tp   *sdktrace.TracerProvider
	mp   *sdkmetric.MeterProvider
	held [][]byte
}

func (w *way) start(t *testing.T, server *backends.PrometheusServer, registry *prometheus.Registry) *wayService {
	t.Helper()
	reader, err := w.reader(t.Context(), server, registry)
	if err != nil {
		t.Fatal(err)
	}
	s := new(wayService)
	if s.mem, err = otelmem.New(otelmem.WithEnabled(true), otelmem.WithDumpDir(t.TempDir()), otelmem.WithLogFile(""), otelmem.WithReportInterval(time.Second)); err != nil {
		t.Fatal(err)
	}
	of := resource.NewSchemaless(attribute.String("service.name", w.name))
	s.tp = sdktrace.NewTracerProvider(sdktrace.WithResource(of), sdktrace.WithSpanProcessor(s.mem.SpanProcessor(nil)))
	s.mp = sdkmetric.NewMeterProvider(sdkmetric.WithResource(of), sdkmetric.WithReader(reader))
	if err := s.mem.Start(t.Context(), s.tp, s.mp); err != nil {
		t.Fatal(err)
	}
	return s
}

func (w *way) reader(ctx context.Context, server *backends.PrometheusServer, registry *prometheus.Registry) (sdkmetric.Reader, error) {
	if w.exporter {
		return otelprometheus.New(otelprometheus.WithRegisterer(registry))
	}
	options := []otlpmetrichttp.Option{otlpmetrichttp.WithEndpointURL(server.OTLPMetricsURL())}
	if w.delta {
		options = append(options, otlpmetrichttp.WithTemporalitySelector(deltas))
	}
	if w.exponential {
		options = append(options, otlpmetrichttp.WithAggregationSelector(exponential))
	}
	exporter, err := otlpmetrichttp.New(ctx, options...)
	if err != nil {
		return nil, err
	}
	return sdkmetric.NewPeriodicReader(exporter, sdkmetric.WithInterval(time.Hour)), nil
}

func exponential(kind sdkmetric.InstrumentKind) sdkmetric.Aggregation {
	if kind == sdkmetric.InstrumentKindHistogram {
		return sdkmetric.AggregationBase2ExponentialHistogram{MaxSize: 160, MaxScale: 20}
	}
	return sdkmetric.DefaultAggregationSelector(kind)
}

// deltas is as OTEL_EXPORTER_OTLP_METRICS_TEMPORALITY_PREFERENCE=delta has it.
func deltas(kind sdkmetric.InstrumentKind) metricdata.Temporality {
	switch kind {
	case sdkmetric.InstrumentKindUpDownCounter, sdkmetric.InstrumentKindObservableUpDownCounter:
		return metricdata.CumulativeTemporality
	default:
		return metricdata.DeltaTemporality
	}
}

// work runs operations that each keep 256 KiB.
func (s *wayService) work(t *testing.T, name string) {
	t.Helper()
	for range 40 {
		err := s.mem.Run(t.Context(), name, func(context.Context) error {
			s.held = append(s.held, make([]byte, 256<<10))
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
}

// flush exports what there is, and returns the report behind it: of a heap profile that
// has all that is held.
func (s *wayService) flush(t *testing.T) (r *memreport.Report) {
	t.Helper()
	runtime.GC() // twice: the heap profile is of the last but one
	runtime.GC()
	collected := time.Now()
	eventually(t, func() (err error) {
		if r, err = s.mem.Report(t.Context()); err == nil && r.ProfileTime.Before(collected) {
			err = errors.New("the heap profile was read before")
		}
		return err
	})
	if err := s.mp.ForceFlush(t.Context()); err != nil {
		t.Fatal(err)
	}
	return r
}

func (s *wayService) stop() error {
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	return errors.Join(s.mem.Shutdown(ctx), s.tp.Shutdown(ctx), s.mp.Shutdown(ctx))
}
