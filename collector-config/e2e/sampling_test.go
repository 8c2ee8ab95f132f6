package e2e

import (
	"fmt"
	"testing"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/exporters/otlp/otlptrace/otlptracegrpc"
	"go.opentelemetry.io/otel/sdk/resource"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/trace"
)

// exporting is a tracer provider of a service that sends all its spans to a
// collector.
func exporting(t *testing.T, service, collector string) *sdktrace.TracerProvider {
	t.Helper()
	exporter, err := otlptracegrpc.New(t.Context(), otlptracegrpc.WithEndpoint(collector), otlptracegrpc.WithInsecure())
	if err != nil {
		t.Fatal(err)
	}
	tp := sdktrace.NewTracerProvider(
		sdktrace.WithSpanProcessor(sdktrace.NewBatchSpanProcessor(exporter, sdktrace.WithBlocking())),
		sdktrace.WithResource(resource.NewSchemaless(attribute.String("service.name", service))))
	t.Cleanup(func() { _ = tp.Shutdown(t.Context()) })
	return tp
}

func TestGatewayKeepsEveryTraceThatGrewAndAShareOfTheRest(t *testing.T) {
	const traces, service = 10_000, "sampled"
	tp := exporting(t, service, running.collector.OTLP)
	tracer := tp.Tracer("e2e")
	grew := make(map[string]bool)
	for i := range traces {
		growth := int64(i) // below the bound
		key := []string{"otelmem.heap.growth", "otelmem.rss.growth", "otelmem.external.growth"}[i%3]
		if i%20 == 0 {
			growth = keepGrowth + int64(i)
		}
		_, span := tracer.Start(t.Context(), "work", trace.WithAttributes(attribute.Int64(key, growth)))
		span.End()
		if growth >= keepGrowth {
			grew[span.SpanContext().TraceID().String()] = true
		}
	}
	if err := tp.ForceFlush(t.Context()); err != nil {
		t.Fatal(err)
	}
	rest := traces - len(grew)
	share := float64(rest) * keepPercent / 100
	eventually(t, func() error {
		found, err := running.jaeger.Traces(t.Context(), service, "", nil, 2*traces)
		if err != nil {
			return err
		}
		kept := 0
		for i := range found {
			if grew[found[i].TraceID] {
				kept++
			}
		}
		others := len(found) - kept
		if kept < len(grew) || float64(others) < 0.8*share {
			return fmt.Errorf("%d of %d traces that grew are there, and %d of %d others", kept, len(grew), others, rest)
		}
		t.Logf("%d of %d traces that grew were kept, and %d of %d others (%.1f %%, configured %d %%)",
			kept, len(grew), others, rest, 100*float64(others)/float64(rest), keepPercent)
		if float64(others) > 1.2*share {
			t.Errorf("%d others were kept, want about %.0f", others, share)
		}
		return nil
	})
}
