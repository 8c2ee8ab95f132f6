package otelmem

import (
	"context"
	"fmt"
	"math"
	"os"
	"os/exec"
	"runtime"
	"strings"
	"testing"

	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/trace"
)

// The promise of own memory is for this load: a category for each operation is the
// worst case.
const (
	promisedInFlight   = 10_000
	promisedOperations = 1_000
	promisedBytes      = 10_000_000
)

// Heap tags are the process's, and a thousand of them would leave none for other
// tests: so this one measures a process of its own.
func TestOwnMemoryIsAsPromised(t *testing.T) {
	if testing.Short() {
		t.Skip("it takes some seconds: every allocation is sampled")
	}
	if os.Getenv("OWN_MEMORY") == "" {
		test := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^TestOwnMemoryIsAsPromised$", "-test.v")
		test.Env = append(os.Environ(), "OWN_MEMORY=1", "GODEBUG=memprofilerate=1")
		out, err := test.CombinedOutput()
		if err != nil {
			t.Fatalf("%v\n%s", err, out)
		}
		for line := range strings.Lines(string(out)) {
			if strings.Contains(line, "bytes of live heap") {
				t.Log(strings.TrimSpace(line))
			}
		}
		return
	}
	names := make([]string, promisedOperations)
	for i := range names {
		names[i] = fmt.Sprintf("operation_%04d", i)
	}
	without := liveHeap()
	bare := loadOf(t, sdktrace.NewTracerProvider(), names)
	without = liveHeap() - without
	runtime.KeepAlive(bare)

	start := liveHeap()
	d := newDiagnostics(t, WithCategorizer(func(op Operation) string { return op.Name }))
	tp := sdktrace.NewTracerProvider(sdktrace.WithSpanProcessor(d.SpanProcessor(nil)))
	if err := d.Start(t.Context(), tp, nil); err != nil {
		t.Fatal(err)
	}
	inFlight := loadOf(t, tp, names)
	for range 70 { // more readings than a series has points
		runtime.GC()
		d.spans.Drain()
		d.heap.Read(d.reader.Fresh(), d.spans.Statistics.CategoryOf)
	}
	held := int64(math.MaxInt64)
	for range 5 { // some may fall into a reading of the background, which holds a profile meanwhile
		d.heap.Read(d.reader.Fresh(), d.spans.Statistics.CategoryOf)
		held = min(held, liveHeap())
	}
	own := held - start - without
	runtime.KeepAlive(inFlight)
	said := d.selfMemory()
	t.Logf("%d bytes of live heap, otelmem.self.memory.usage says %d", own, said)
	if own > promisedBytes {
		t.Errorf("diagnostics hold %d bytes of live heap, want at most %d", own, promisedBytes)
	}
	if said < own*8/10 || said > own*12/10 {
		t.Errorf("otelmem.self.memory.usage says %d, and the heap %d: want them within 20 %%", said, own)
	}
}

// loadOf ends some spans of each operation, more in all than are kept as examples,
// and leaves others in flight.
func loadOf(t *testing.T, tp trace.TracerProvider, names []string) (inFlight []trace.Span) {
	t.Helper()
	tracer := tp.Tracer("test")
	for _, name := range names {
		for range 8 {
			_, span := tracer.Start(context.Background(), name)
			span.End()
		}
	}
	inFlight = make([]trace.Span, 0, promisedInFlight)
	for i := range promisedInFlight {
		name := names[i%len(names)]
		Do(context.Background(), name, func(ctx context.Context) {
			_, span := tracer.Start(ctx, name)
			inFlight = append(inFlight, span)
		})
	}
	return inFlight
}

// liveHeap is the bytes of live objects after a collection.
func liveHeap() int64 {
	runtime.GC()
	runtime.GC()
	var stats runtime.MemStats
	runtime.ReadMemStats(&stats)
	return int64(stats.HeapAlloc)
}
