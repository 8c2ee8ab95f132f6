package otelmem

import (
	"context"
	"math"
	"runtime"
	"sync"
	"testing"
	"time"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/metric"
	"go.opentelemetry.io/otel/metric/embedded"
	sdkmetric "go.opentelemetry.io/otel/sdk/metric"
	"go.opentelemetry.io/otel/sdk/metric/metricdata"

	"github.com/otelmem/otelmem-go/internal/attrs"
)

// exported adds up what an exporter gets of sums, by metric and category.
type exported struct {
	sdkmetric.Exporter
	temporality metricdata.Temporality

	mu   sync.Mutex
	sums map[string]float64
}

func (e *exported) Temporality(sdkmetric.InstrumentKind) metricdata.Temporality { return e.temporality }
func (*exported) Aggregation(k sdkmetric.InstrumentKind) sdkmetric.Aggregation {
	return sdkmetric.DefaultAggregationSelector(k)
}
func (*exported) ForceFlush(context.Context) error { return nil }
func (*exported) Shutdown(context.Context) error   { return nil }

func (e *exported) Export(_ context.Context, all *metricdata.ResourceMetrics) error {
	e.mu.Lock()
	defer e.mu.Unlock()
	for _, scope := range all.ScopeMetrics {
		for _, m := range scope.Metrics {
			switch data := m.Data.(type) {
			case metricdata.Sum[int64]:
				for _, p := range data.DataPoints {
					e.add(m.Name, p.Attributes, float64(p.Value), data.Temporality)
				}
			case metricdata.Sum[float64]:
				for _, p := range data.DataPoints {
					e.add(m.Name, p.Attributes, p.Value, data.Temporality)
				}
			}
		}
	}
	return nil
}

func (e *exported) add(name string, of attribute.Set, value float64, temporality metricdata.Temporality) {
	if category, ok := of.Value(attrs.Category); ok {
		name += " of " + category.AsString()
	}
	if temporality == metricdata.CumulativeTemporality {
		e.sums[name] = 0 // each export has the whole of it
	}
	e.sums[name] += value
}

// delegate is a provider that cannot be flushed, as the global one is.
type delegate struct {
	embedded.MeterProvider
	to metric.MeterProvider
}

func (d delegate) Meter(name string, options ...metric.MeterOption) metric.Meter {
	return d.to.Meter(name, options...)
}

// jobs counts the jobs of this process, whose tags outlive a test.
var jobs int

// A job that ends before the first export still says what it held.
func TestTheLastExportHasAll(t *testing.T) {
	const size = 32 << 20
	for when, temporality := range map[string]metricdata.Temporality{"cumulative": metricdata.CumulativeTemporality, "delta": metricdata.DeltaTemporality} {
		for _, flushes := range []bool{true, false} {
			t.Run(when, func(t *testing.T) {
				exporter := &exported{temporality: temporality, sums: make(map[string]float64)}
				sdk := sdkmetric.NewMeterProvider(sdkmetric.WithReader(sdkmetric.NewPeriodicReader(exporter, sdkmetric.WithInterval(time.Hour))))
				var mp metric.MeterProvider = sdk
				if !flushes {
					mp = delegate{to: sdk}
				}
				jobs++
				name := "nightly" + string([]rune{rune('a' + jobs/26), rune('a' + jobs%26)}) // and so its category
				d := newDiagnostics(t)
				tracer, _ := start(t, d, mp)
				ctx, span := tracer.Start(t.Context(), name)
				var kept []byte
				Do(ctx, name, func(context.Context) { kept = make([]byte, size) })
				span.End()
				runtime.GC()
				runtime.GC()
				if err := d.Shutdown(t.Context()); err != nil {
					t.Fatal(err)
				}
				if err := sdk.Shutdown(t.Context()); err != nil {
					t.Fatal(err)
				}
				runtime.KeepAlive(kept)
				for metric, want := range map[string]float64{"otelmem.memory.live": size, "otelmem.memory.allocated": size, "otelmem.operations": 1} {
					if got := exporter.sums[metric+" of "+name]; math.Abs(got-want) > want/100 {
						t.Errorf("flushed: %t: %s is %.0f in all exports, want %.0f", flushes, metric, got, want)
					}
				}
				if _, ok := exporter.sums["otelmem.memory.external"]; !ok {
					t.Errorf("flushed: %t: memory outside Go was never exported", flushes)
				}
			})
		}
	}
}
