package spanhook

import (
	"math"
	"sync"

	"go.opentelemetry.io/otel/attribute"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"

	"github.com/otelmem/otelmem-go/internal/attrs"
	"github.com/otelmem/otelmem-go/internal/memstat"
	"github.com/otelmem/otelmem-go/internal/textfmt"
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

	// RSS is the growth of the resident set. HasProcess says whether RSS and
	// External are known on this system.
	RSS        int64
	External   int64
	HasProcess bool
	// Heap is the growth of heap objects, dead ones not yet swept included.
	Heap int64
	// Allocated is what the process allocated on the heap.
	Allocated int64
	// Share is this operation's fair share of Heap.
	Share int64
	// Concurrency is the mean number of operations in flight.
	Concurrency float64
	// GCCycles is the number of GC cycles that ended meanwhile.
	GCCycles int64

	// Begun is the name that the span was started with, and Stacks where it began
	// and ended; empty and nil without [WithStacks], where there are more than 1,000
	// names, and Stacks for most spans.
	Begun  string
	Stacks *Stacks

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
		// These are others' code on the exporter's path.
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

// Largest is the largest of RSS, External and Heap.
func (g *Growth) Largest() int64 { return max(g.RSS, g.External, g.Heap) }

// Bucket names the size class of [Growth.Largest], for backends whose search
// knows equality only.
func (g *Growth) Bucket() string {
	switch n := g.Largest(); {
	case n >= textfmt.GiB:
		return "1GiB+"
	case n >= 256*textfmt.MiB:
		return "256MiB+"
	case n >= 64*textfmt.MiB:
		return "64MiB+"
	case n >= 16*textfmt.MiB:
		return "16MiB+"
	case n >= 4*textfmt.MiB:
		return "4MiB+"
	case n >= textfmt.MiB:
		return "1MiB+"
	default:
		return "<1MiB"
	}
}

// attributeCount is how many attributes a span gets at most, but for an example.
const attributeCount = 9

// appendTo appends what the span gets to kvs.
func (g *Growth) appendTo(kvs []attribute.KeyValue) []attribute.KeyValue {
	if category := g.Category(); category != "" {
		kvs = append(kvs, attrs.Category.String(category))
	}
	if g.HasProcess {
		kvs = append(kvs, attrs.RSSGrowth.Int64(g.RSS), attrs.ExternalGrowth.Int64(g.External))
	}
	if g.Example() {
		kvs = append(kvs, attrs.LeakExample.Bool(true))
	}
	return append(kvs,
		attrs.HeapGrowth.Int64(g.Heap),
		attrs.HeapAllocated.Int64(g.Allocated),
		attrs.HeapShare.Int64(g.Share),
		attrs.Concurrency.Float64(g.Concurrency),
		attrs.GrowthBucket.String(g.Bucket()),
		attrs.GCCycles.Int64(g.GCCycles),
	)
}

// measure fills g with the differences between a span's start and its end.
func (g *Growth) measure(start *began, end *memstat.Mark, endSums sums) {
	g.LocalRoot = start.localRoot
	g.RSS = end.RSS - start.mark.RSS
	g.External = end.External - start.mark.External
	g.HasProcess = start.mark.RSS > 0 && end.RSS > 0
	g.Heap = end.HeapObjects - start.mark.HeapObjects
	g.Allocated = end.Allocated - start.mark.Allocated
	g.GCCycles = end.GCCycles - start.mark.GCCycles
	g.Share = int64(math.Round(endSums.share - start.sums.share))
	if life := end.Now - start.mark.Now; life > 0 {
		g.Concurrency = float64(endSums.concurrency-start.sums.concurrency) / float64(life)
	}
}
