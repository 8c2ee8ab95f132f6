package spanhook_test

import (
	"context"
	"sync"
	"testing"
	"time"

	"go.opentelemetry.io/otel/attribute"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/sdk/trace/tracetest"
	"go.opentelemetry.io/otel/trace"

	"github.com/otelmem/otelmem-go/spanhook"
)

const (
	kib int64 = 1 << 10
	mib int64 = 1 << 20
	gib int64 = 1 << 30
)

// process is a process whose memory the test decides.
type process struct {
	mu      sync.Mutex
	started time.Time
	memory  spanhook.Reading
}

func newProcess() *process {
	return &process{started: time.Now(), memory: spanhook.Reading{Taken: 1, RSS: 100 * mib, HeapObjects: 50 * mib}}
}

func (p *process) read() spanhook.Reading {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.memory.Now = time.Since(p.started)
	return p.memory
}

func (p *process) grow(heap, external int64) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.memory.Taken++
	p.memory.HeapObjects += heap
	p.memory.Allocated += max(heap, 0)
	p.memory.External += external
	p.memory.RSS += heap + external
	p.memory.GCCycles++
}

// setUp returns a tracer whose spans go through a Hook to an exporter.
func setUp(t *testing.T, read func() spanhook.Reading, opts ...spanhook.Option) (trace.Tracer, *tracetest.InMemoryExporter, *spanhook.Hook) {
	t.Helper()
	exporter := tracetest.NewInMemoryExporter()
	hook := spanhook.New(read, opts...)
	tp := sdktrace.NewTracerProvider(sdktrace.WithSpanProcessor(hook.Processor(sdktrace.NewSimpleSpanProcessor(exporter))))
	t.Cleanup(func() {
		if err := tp.Shutdown(context.Background()); err != nil {
			t.Error(err)
		}
	})
	return tp.Tracer("test"), exporter, hook
}

// newTracer returns a tracer whose spans are measured and go nowhere.
func newTracer(hook *spanhook.Hook) trace.Tracer {
	return sdktrace.NewTracerProvider(sdktrace.WithSpanProcessor(hook.Processor(nil))).Tracer("test")
}

func attr(t *testing.T, span tracetest.SpanStub, key string) attribute.Value {
	t.Helper()
	for _, kv := range span.Attributes {
		if string(kv.Key) == key {
			return kv.Value
		}
	}
	t.Fatalf("span %q has no attribute %s: %v", span.Name, key, span.Attributes)
	return attribute.Value{}
}
