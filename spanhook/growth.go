package spanhook

import (
	"math"
	"sync"

	sdktrace "go.opentelemetry.io/otel/sdk/trace"

	"github.com/otelmem/otelmem-go/internal/attrs"
)

// Growth is what the process's memory did while one span ran. All but the
// share are differences of the whole process's figures: evidence about the
// moment, shared with every operation that ran beside it. Fields are bytes
// unless said; they are negative where memory shrank. It is read-only and safe
// for concurrent use.
type Growth struct {
	// Span is the ended span, without the growth attributes.
	Span sdktrace.ReadOnlySpan
	// LocalRoot says that the span has no parent in this process.
	LocalRoot bool

	// RSS is the growth of the resident set.
	RSS int64
	// External is the growth of resident memory outside the Go runtime.
	External int64
	// HasProcess says whether RSS and External are known on this system.
	HasProcess bool
	// Heap is the growth of heap objects, dead ones not yet swept included.
	Heap int64
	// Allocated is what the process allocated on the heap.
	Allocated int64
	// Share is this operation's fair share of Heap.
	Share int64
	// Concurrency is the mean number of operations in flight.
	Concurrency float64
	// HasShare says whether Share and Concurrency are known: see [Hook.SetComplete].
	// Where they are not, they count only the operations that were seen.
	HasShare bool
	// GCCycles is the number of GC cycles that ended meanwhile.
	GCCycles int64

	// StartedAs is the name that the span was started with; empty without
	// [WithStacks], for names after the first 1,000, and cut after 256 bytes.
	StartedAs string
	// Stacks are where the span was started and ended; nil for most spans. Those of a
	// span with a parent in this process are in Inner of its local root, if that is
	// in flight.
	Stacks *Stacks
	// Inner are some spans below this one, of which stacks were taken, at most 4.
	Inner []InnerSpan

	config    *config
	nameOnce  sync.Once
	example   bool
	operation string
	category  string
}

// Operation names the span's operation.
func (g *Growth) Operation() string {
	g.nameOnce.Do(g.name)
	return g.operation
}

// Category names the span's category; empty where no [Namer] was given, and
// _overflow where it panicked.
func (g *Growth) Category() string {
	g.nameOnce.Do(g.name)
	return g.category
}

// Example says that the span is one that backends are to keep: see [WithExamples].
func (g *Growth) Example() bool {
	g.nameOnce.Do(g.name)
	return g.example
}

func (g *Growth) name() {
	defer func() {
		// The user's functions run here, on the exporter's goroutine.
		if recover() != nil {
			g.operation, g.category = attrs.Overflow, attrs.Overflow
		}
	}()
	g.operation = g.Span.Name()
	if names := g.config.names; names != nil {
		g.operation, g.category = names(g.Span)
	}
	g.example = g.Span.SpanContext().IsSampled() && g.config.examples(g.operation)
}

// measure fills g with the differences between a span's start and its end.
func (g *Growth) measure(start *start, end *Reading, endSums sums) {
	before := &start.reading
	g.LocalRoot = start.localRoot
	g.RSS = end.RSS - before.RSS
	g.External = end.External - before.External
	g.HasProcess = before.RSS > 0 && end.RSS > 0
	g.Heap = end.HeapObjects - before.HeapObjects
	g.Allocated = end.Allocated - before.Allocated
	g.GCCycles = end.GCCycles - before.GCCycles
	g.Share = int64(math.Round(endSums.share - start.sums.share))
	if duration := end.Now - before.Now; duration > 0 {
		g.Concurrency = float64(endSums.concurrency-start.sums.concurrency) / float64(duration)
	}
}
