package spanhook

import (
	"go.opentelemetry.io/otel/attribute"

	"github.com/otelmem/otelmem-go/internal/attrs"
)

// maxAttributes is the most that growth adds to a span.
const maxAttributes = 10

// appendAttributes appends the attributes of g to kvs: those that say something, or
// with [WithAllAttributes] every one. Where nothing grew that is only the category and
// the heap's growth of a local root, so that every trace has its growth, and nothing
// on the spans below.
func (g *Growth) appendAttributes(kvs []attribute.KeyValue) []attribute.KeyValue {
	all := g.config.allAttributes
	// What a local root has in any case. A span that the module itself was asked for
	// is there to be measured.
	always := all || g.LocalRoot || g.Span.InstrumentationScope().Name == attrs.Scope
	grew := all || g.Heap != 0 || g.RSS != 0 || g.External != 0
	add := func(said bool, kv attribute.KeyValue) {
		if all || said {
			kvs = append(kvs, kv)
		}
	}
	if grew || always {
		if category := g.Category(); category != "" {
			kvs = append(kvs, attrs.Category.String(category))
		}
	}
	if g.HasProcess {
		add(g.RSS != 0, attrs.RSSGrowth.Int64(g.RSS))
		add(g.External != 0, attrs.ExternalGrowth.Int64(g.External))
	}
	if g.Example() {
		kvs = append(kvs, attrs.LeakExample.Bool(true))
	}
	add(g.Heap != 0 || always, attrs.HeapGrowth.Int64(g.Heap))
	add(g.Allocated != 0, attrs.HeapAllocated.Int64(g.Allocated))
	if g.HasShare {
		add(g.Share != 0, attrs.HeapShare.Int64(g.Share))
		add(grew, attrs.Concurrency.Float64(g.Concurrency))
	}
	add(grew, attrs.GrowthBucket.String(g.Bucket()))
	add(g.GCCycles != 0, attrs.GCCycles.Int64(g.GCCycles))
	return kvs
}

// Largest is the largest of RSS, External and Heap.
func (g *Growth) Largest() int64 { return max(g.RSS, g.External, g.Heap) }

// Bucket names the size class of [Growth.Largest], for backends whose search
// knows equality only.
func (g *Growth) Bucket() string {
	switch n := g.Largest(); {
	case n >= 1<<30:
		return "1GiB+"
	case n >= 256<<20:
		return "256MiB+"
	case n >= 64<<20:
		return "64MiB+"
	case n >= 16<<20:
		return "16MiB+"
	case n >= 4<<20:
		return "4MiB+"
	case n >= 1<<20:
		return "1MiB+"
	default:
		return "<1MiB"
	}
}
