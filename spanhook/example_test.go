package spanhook_test

import (
	"context"
	"fmt"
	"runtime"
	"runtime/metrics"
	"time"

	"go.opentelemetry.io/otel/attribute"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/sdk/trace/tracetest"

	"github.com/otelmem/otelmem-go/spanhook"
)

// A read function of one's own: here it knows the heap and leaves the resident set
// unknown, so that spans carry no otelmem.rss.growth.
func Example() {
	started := time.Now()
	read := func() spanhook.Reading {
		samples := []metrics.Sample{
			{Name: "/memory/classes/heap/objects:bytes"},
			{Name: "/gc/heap/allocs:bytes"},
			{Name: "/gc/cycles/total:gc-cycles"},
		}
		metrics.Read(samples)
		now := time.Since(started)
		return spanhook.Reading{
			Now:         now,
			Taken:       now,
			HeapObjects: int64(samples[0].Value.Uint64()),
			Allocated:   int64(samples[1].Value.Uint64()),
			GCCycles:    int64(samples[2].Value.Uint64()),
		}
	}

	exporter := tracetest.NewInMemoryExporter()
	hook := spanhook.New(read)
	tp := sdktrace.NewTracerProvider(sdktrace.WithSpanProcessor(hook.Processor(sdktrace.NewSimpleSpanProcessor(exporter))))
	defer func() { _ = tp.Shutdown(context.Background()) }()

	_, span := tp.Tracer("example").Start(context.Background(), "fill the cache")
	cache := make([]byte, 20<<20)
	span.End()
	runtime.KeepAlive(cache)

	exported := exporter.GetSpans()[0]
	fmt.Println(exported.Name)
	for _, kv := range exported.Attributes {
		if kv.Key != "otelmem.gc.cycles" { // only where a collection ran meanwhile
			fmt.Println(" ", kv.Key)
		}
	}
	attributes := attribute.NewSet(exported.Attributes...)
	allocated, _ := attributes.Value("otelmem.heap.allocated")
	concurrency, _ := attributes.Value("otelmem.concurrency")
	fmt.Printf("allocated 20 MiB or more: %t, with %v in flight\n", allocated.AsInt64() >= 20<<20, concurrency.AsFloat64())
	// Output:
	// fill the cache
	//   otelmem.heap.growth
	//   otelmem.heap.allocated
	//   otelmem.heap.share
	//   otelmem.concurrency
	//   otelmem.growth.bucket
	// allocated 20 MiB or more: true, with 1 in flight
}
