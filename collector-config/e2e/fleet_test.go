package e2e

import (
	"context"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
	"testing"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/exporters/otlp/otlpmetric/otlpmetricgrpc"
	"go.opentelemetry.io/otel/metric"
	sdkmetric "go.opentelemetry.io/otel/sdk/metric"
	"go.opentelemetry.io/otel/sdk/resource"
	"go.opentelemetry.io/otel/trace"

	"github.com/otelmem/otelmem-go/collector-config/e2e/backends"
)

// fleet is an agent in front of two gateways in front of one Jaeger.
type fleet struct {
	agent    *backends.CollectorServer
	gateways [2]*backends.CollectorServer
	jaeger   *backends.JaegerServer
}

func startFleet(t *testing.T) *fleet {
	t.Helper()
	f := new(fleet)
	var err error
	if f.jaeger, err = backends.StartJaeger(t.Context(), binaries.jaeger, t.TempDir()); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { f.jaeger.Stop() })
	for i := range f.gateways {
		if f.gateways[i], err = startGateway(t.Context(), t.TempDir(), f.jaeger.OTLP, noTempo); err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { f.gateways[i].Stop() })
	}
	// On loopback there is no name that has both addresses.
	static := fmt.Sprintf("{dns: null, static: {hostnames: [%q, %q]}}", f.gateways[0].OTLP, f.gateways[1].OTLP)
	f.agent, err = backends.StartCollector(t.Context(), binaries.collector, t.TempDir(), backends.CollectorSettings{Configs: []string{
		"file:../agent.yaml",
		"yaml:exporters::loadbalancing/traces::resolver: " + static,
		"yaml:exporters::loadbalancing/metrics::resolver: " + static,
		"yaml:service::telemetry::metrics::level: none",
	}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { f.agent.Stop() })
	return f
}

// Two services send the spans of each trace apart. Only one span of a trace grew:
// where the other went to another gateway it would not be kept.
func TestFleetBringsTheSpansOfATraceTogether(t *testing.T) {
	t.Parallel()
	f := startFleet(t)
	const traces = 500
	front, shop := exporting(t, "front", f.agent.OTLP), exporting(t, "shop", f.agent.OTLP)
	ids := make(map[string]bool)
	for range traces {
		ctx, parent := front.Tracer("e2e").Start(t.Context(), "ask")
		_, child := shop.Tracer("e2e").Start(ctx, "answer", trace.WithAttributes(
			attribute.String("otelmem.category", "answers"), attribute.Int64("otelmem.heap.growth", keepGrowth)))
		child.End()
		parent.End()
		ids[parent.SpanContext().TraceID().String()] = true
	}
	if err := front.ForceFlush(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := shop.ForceFlush(t.Context()); err != nil {
		t.Fatal(err)
	}
	eventually(t, func() error {
		found, err := f.jaeger.Traces(t.Context(), "front", "", nil, 2*traces)
		if err != nil {
			return err
		}
		whole := 0
		for i := range found {
			if ids[found[i].TraceID] && len(found[i].Spans) == 2 {
				whole++
			}
		}
		if whole < traces {
			return fmt.Errorf("%d of %d traces are whole", whole, traces)
		}
		t.Logf("all %d traces are whole", whole)
		return nil
	})

	t.Run("each gateway has a part of them", func(t *testing.T) {
		eventually(t, func() error {
			var had [2]float64
			for i, gateway := range f.gateways {
				var err error
				if had[i], err = gateway.Sum(t.Context(), "otelmem_spans_heap_growth_bytes_count"); err != nil {
					return err
				}
			}
			if had[0]+had[1] != traces || min(had[0], had[1]) < traces/10 {
				return fmt.Errorf("the gateways had %v of %d traces", had, traces)
			}
			t.Logf("the gateways had %v of %d traces", had, traces)
			return nil
		})
	})
}

var instance = regexp.MustCompile(`service_instance_id="(replica \d+)"`)

// Prometheus would take a replica's counter from two gateways for two counters, or
// for one that jumps.
func TestFleetKeepsReplicasApartAndEachInOneGateway(t *testing.T) {
	t.Parallel()
	f := startFleet(t)
	const replicas = 12
	want := make(map[string]bool)
	for i := range replicas {
		name := fmt.Sprint("replica ", i)
		want[name] = true
		count(t, name, f.agent.OTLP, 3)
	}
	eventually(t, func() error {
		var have [2]map[string]bool
		for i, gateway := range f.gateways {
			text, err := backends.Get(t.Context(), "http://"+gateway.Metrics+"/metrics")
			if err != nil {
				return err
			}
			have[i] = make(map[string]bool)
			for line := range strings.Lines(string(text)) {
				if m := instance.FindStringSubmatch(line); m != nil && strings.HasPrefix(line, "otelmem_operations_total{") {
					have[i][m[1]] = true
				}
			}
		}
		for name := range have[0] {
			if have[1][name] {
				t.Fatalf("both gateways have %s", name)
			}
		}
		all := maps.Clone(have[0])
		maps.Copy(all, have[1])
		if !maps.Equal(all, want) || len(have[0]) == 0 || len(have[1]) == 0 {
			return fmt.Errorf("the gateways have %v and %v", slices.Sorted(maps.Keys(have[0])), slices.Sorted(maps.Keys(have[1])))
		}
		t.Logf("%d replicas are in one gateway, %d in the other", len(have[0]), len(have[1]))
		return nil
	})
}

// count sends a replica's counters several times over.
func count(t *testing.T, replica, collector string, times int) {
	t.Helper()
	exporter, err := otlpmetricgrpc.New(t.Context(), otlpmetricgrpc.WithEndpoint(collector), otlpmetricgrpc.WithInsecure())
	if err != nil {
		t.Fatal(err)
	}
	mp := sdkmetric.NewMeterProvider(sdkmetric.WithReader(sdkmetric.NewPeriodicReader(exporter)),
		sdkmetric.WithResource(resource.NewSchemaless(attribute.String("service.name", "fleet"), attribute.String("service.instance.id", replica))))
	t.Cleanup(func() { _ = mp.Shutdown(context.Background()) })
	operations, err := mp.Meter("e2e").Int64Counter("otelmem.operations", metric.WithUnit("{operation}"))
	if err != nil {
		t.Fatal(err)
	}
	for range times {
		for i := range 8 {
			operations.Add(t.Context(), 1, metric.WithAttributes(attribute.String("otelmem.category", fmt.Sprint("category ", i))))
		}
		if err := mp.ForceFlush(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
}
