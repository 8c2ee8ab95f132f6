package otelmem_test

import (
	"context"
	"fmt"
	"log"

	sdkmetric "go.opentelemetry.io/otel/sdk/metric"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/sdk/trace/tracetest"

	"github.com/otelmem/otelmem-go/otelmem"
)

// The five lines that a service with an SDK set-up adds.
func Example() {
	ctx := context.Background()
	exporter := tracetest.NewInMemoryExporter() // yours

	mem, err := otelmem.New(otelmem.WithEnabled(true), otelmem.WithLogFile("none"))
	if err != nil {
		log.Print(err) // mem is off, and safe to use
	}
	tp := sdktrace.NewTracerProvider(sdktrace.WithSpanProcessor(
		mem.SpanProcessor(sdktrace.NewSimpleSpanProcessor(exporter))))
	if err := mem.Start(ctx, tp, sdkmetric.NewMeterProvider()); err != nil {
		log.Print(err)
	}
	defer func() { _ = mem.Shutdown(ctx) }()

	_, span := tp.Tracer("service").Start(ctx, "work")
	span.End()
	for _, kv := range exporter.GetSpans()[0].Attributes {
		if kv.Key == "otelmem.category" {
			fmt.Println(kv.Value.Emit())
		}
	}
	// Output: work
}

// Track measures background work like a request.
func ExampleDiagnostics_Track() {
	ctx := context.Background()
	mem, err := otelmem.New(otelmem.WithEnabled(true), otelmem.WithLogFile("none"))
	if err != nil {
		log.Print(err)
	}
	tp := sdktrace.NewTracerProvider(sdktrace.WithSpanProcessor(mem.SpanProcessor(nil)))
	if err := mem.Start(ctx, tp, nil); err != nil {
		log.Print(err)
	}
	defer func() { _ = mem.Shutdown(ctx) }()

	for batch := range 3 {
		_, end := mem.Track(ctx, "gun_sync", otelmem.Detail(fmt.Sprint("batch ", batch)))
		// the work
		end()
	}
	report, err := mem.Report(ctx)
	if err != nil {
		log.Print(err)
	}
	for _, o := range report.Operations {
		if o.Calls > 0 {
			fmt.Println(o.Name, o.Calls)
		}
	}
	// Output: gun_sync 3
}
