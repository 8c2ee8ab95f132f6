package otelmem_test

import (
	"context"
	"errors"
	"fmt"
	"log"
	"path"
	"runtime"

	sdkmetric "go.opentelemetry.io/otel/sdk/metric"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/sdk/trace/tracetest"

	"github.com/otelmem/otelmem-go/otelmem"
)

// The lines that a service with an SDK set-up adds.
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

// A setting that is invalid stops nothing: it is an error to log.
func ExampleNew() {
	mem, err := otelmem.New(otelmem.WithEnabled(true), otelmem.WithMaxOperations(-1))
	fmt.Println(err)
	fmt.Println("enabled:", mem.Enabled())
	// Output:
	// memory diagnostics: WithMaxOperations (OTELMEM_MAX_OPERATIONS) is -1: want 1 to 100000
	// enabled: false
}

// Where the set-up takes no processor, the provider is wrapped.
func ExampleDiagnostics_TracerProvider() {
	ctx := context.Background()
	exporter := tracetest.NewInMemoryExporter()
	sdk := sdktrace.NewTracerProvider(sdktrace.WithSyncer(exporter)) // as some file says

	mem, err := otelmem.New(otelmem.WithEnabled(true), otelmem.WithLogFile("none"))
	if err != nil {
		log.Print(err)
	}
	tp := mem.TracerProvider(sdk) // for otel.SetTracerProvider
	if err := mem.Start(ctx, tp, nil); err != nil {
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

// With several exporters, the processor of each is wrapped. sdktrace.WithBatcher(e)
// is short for sdktrace.WithSpanProcessor(sdktrace.NewBatchSpanProcessor(e)), which
// is the form to wrap.
func ExampleDiagnostics_SpanProcessor() {
	ctx := context.Background()
	jaeger, vendor := tracetest.NewInMemoryExporter(), tracetest.NewInMemoryExporter() // yours

	mem, err := otelmem.New(otelmem.WithEnabled(true), otelmem.WithLogFile("none"))
	if err != nil {
		log.Print(err)
	}
	defer func() { _ = mem.Shutdown(ctx) }()
	tp := sdktrace.NewTracerProvider(
		sdktrace.WithSampler(mem.Sampler(sdktrace.TraceIDRatioBased(1))), // your sampler
		sdktrace.WithSpanProcessor(mem.SpanProcessor(sdktrace.NewBatchSpanProcessor(jaeger))),
		sdktrace.WithSpanProcessor(mem.SpanProcessor(sdktrace.NewBatchSpanProcessor(vendor))))
	defer func() { _ = tp.Shutdown(ctx) }()

	_, span := tp.Tracer("service").Start(ctx, "work")
	span.End()
	if err := tp.ForceFlush(ctx); err != nil {
		log.Print(err)
	}
	for _, exporter := range []*tracetest.InMemoryExporter{jaeger, vendor} {
		for _, kv := range exporter.GetSpans()[0].Attributes {
			if kv.Key == "otelmem.category" {
				fmt.Println(kv.Key, kv.Value.Emit())
			}
		}
	}
	// Output:
	// otelmem.category work
	// otelmem.category work
}

// Run is for background work: one call makes its span and covers its allocations.
func ExampleDiagnostics_Run() {
	ctx := context.Background()
	exporter := tracetest.NewInMemoryExporter() // yours
	mem, err := otelmem.New(otelmem.WithEnabled(true), otelmem.WithLogFile("none"))
	if err != nil {
		log.Print(err)
	}
	tp := sdktrace.NewTracerProvider(sdktrace.WithSpanProcessor(mem.SpanProcessor(sdktrace.NewSimpleSpanProcessor(exporter))))
	if err := mem.Start(ctx, tp, nil); err != nil {
		log.Print(err)
	}
	defer func() { _ = mem.Shutdown(ctx) }()

	err = mem.Run(ctx, "gun_sync", func(context.Context) error {
		return errors.New("the other side is away")
	}, otelmem.Detail("batch 12"))
	fmt.Println(err)

	span := exporter.GetSpans()[0]
	fmt.Println(span.Name, span.Status.Code)
	// Output:
	// the other side is away
	// gun_sync Error
}

// Track is for work that is not a function of its own. It measures a span and covers
// no allocations; where it can be had, Run does both.
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

// A report is data; its String is what a person reads.
func ExampleDiagnostics_Report() {
	ctx := context.Background()
	mem, err := otelmem.New(otelmem.WithEnabled(true), otelmem.WithLogFile("none"))
	if err != nil {
		log.Print(err)
	}
	defer func() { _ = mem.Shutdown(ctx) }()

	var cache []byte // 64 MiB that gun_sync keeps
	otelmem.Do(ctx, "gun_sync", func(context.Context) { cache = make([]byte, 64<<20) })
	// The heap profile is up to two collections old. A service waits for its own.
	runtime.GC()
	runtime.GC()

	report, err := mem.Report(ctx)
	if err != nil {
		log.Print(err)
		return
	}
	for _, o := range report.Operations {
		if o.Name == "gun_sync" {
			fmt.Printf("%s holds %d MiB, known by %s, from %s\n", o.Name, o.Live>>20, o.By, path.Base(o.Sites[0].File))
		}
	}
	runtime.KeepAlive(cache)
	// Output: gun_sync holds 64 MiB, known by tag, from example_test.go
}

// While diagnostics are off there is no report.
func ExampleDiagnostics_Report_off() {
	mem, _ := otelmem.New(otelmem.WithEnabled(false))
	_, err := mem.Report(context.Background())
	fmt.Println(errors.Is(err, otelmem.ErrDisabled))
	// Output: true
}

// In standby allocations are attributed and nothing else runs, until Enable.
func ExampleDiagnostics_Enable() {
	ctx := context.Background()
	mem, err := otelmem.New(otelmem.WithStandby(), otelmem.WithLogFile("none")) // or OTELMEM_ENABLED=standby
	if err != nil {
		log.Print(err)
	}
	if err := mem.Start(ctx, nil, nil); err != nil {
		log.Print(err)
	}
	defer func() { _ = mem.Shutdown(ctx) }()
	fmt.Println("standby:", mem.Standby(), "enabled:", mem.Enabled())

	if err := mem.Enable(ctx); err != nil {
		log.Print(err)
	}
	fmt.Println("standby:", mem.Standby(), "enabled:", mem.Enabled())
	// Output:
	// standby: true enabled: false
	// standby: false enabled: true
}
