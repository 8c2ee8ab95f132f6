package leaks

import (
	"context"
	"time"

	sdkmetric "go.opentelemetry.io/otel/sdk/metric"
	"go.opentelemetry.io/otel/sdk/metric/metricdata"

	"github.com/otelmem/otelmem-go/examples/zoo/service"
)

// reloads makes a meter provider for each new configuration and shuts none down: the
// SDK's goroutine for it stays, and what that holds.
type reloads struct{ service *service.Service }

func (r *reloads) reload(ctx context.Context) {
	reader := sdkmetric.NewPeriodicReader(noExporter{}, sdkmetric.WithInterval(time.Hour)) // LEAK:
	mp := sdkmetric.NewMeterProvider(sdkmetric.WithReader(reader))                         // LEAK:
	counter, err := mp.Meter("reload").Int64Counter("reloads")                             // LEAK:
	if err == nil {
		counter.Add(ctx, 1) // LEAK:
	}
	if !r.service.Grows() {
		_ = mp.Shutdown(ctx)
	}
}

type noExporter struct{}

func (noExporter) Temporality(k sdkmetric.InstrumentKind) metricdata.Temporality {
	return sdkmetric.DefaultTemporalitySelector(k)
}

func (noExporter) Aggregation(k sdkmetric.InstrumentKind) sdkmetric.Aggregation {
	return sdkmetric.DefaultAggregationSelector(k)
}

func (noExporter) Export(context.Context, *metricdata.ResourceMetrics) error { return nil }
func (noExporter) ForceFlush(context.Context) error                          { return nil }
func (noExporter) Shutdown(context.Context) error                            { return nil }

func init() {
	register(service.Case{
		Name:      "meter-per-reload",
		Kind:      service.Goroutine,
		Operation: "reload_config",
		Functions: []string{"(*reloads).reload"},
		Setup:     func(s *service.Service) { s.Every(20*time.Millisecond, "reload_config", (&reloads{s}).reload) },
	})
}
