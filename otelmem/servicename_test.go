package otelmem

import (
	"testing"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/sdk/resource"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
)

func TestTheReportHasTheServicesName(t *testing.T) {
	for want, of := range map[string]*resource.Resource{
		"shop": resource.NewSchemaless(attribute.String("service.name", "shop")),
		"":     resource.Default(), // unknown_service:otelmem.test
	} {
		d := newDiagnostics(t)
		tp := sdktrace.NewTracerProvider(sdktrace.WithResource(of), sdktrace.WithSpanProcessor(d.SpanProcessor(nil)))
		if err := d.Start(t.Context(), tp, nil); err != nil {
			t.Fatal(err)
		}
		_, span := tp.Tracer("test").Start(t.Context(), "work")
		span.End()
		r, err := d.Report(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if r.Service != want {
			t.Errorf("service %q, want %q", r.Service, want)
		}
	}
}
