package spanhook

import (
	"go.opentelemetry.io/otel/attribute"

	"github.com/otelmem/otelmem-go/internal/attrs"
)

// maxAttributes is how many attributes the growth adds to a span: room for all but
// the one of an example, since those are few.
const maxAttributes = 9

// appendAttributes appends the attributes of g to kvs.
func (g *Growth) appendAttributes(kvs []attribute.KeyValue) []attribute.KeyValue {
	if category := g.Category(); category != "" {
		kvs = append(kvs, attrs.Category.String(category))
	}
	if g.HasProcess {
		kvs = append(kvs, attrs.RSSGrowth.Int64(g.RSS), attrs.ExternalGrowth.Int64(g.External))
	}
	if g.Example() {
		kvs = append(kvs, attrs.LeakExample.Bool(true))
	}
	kvs = append(kvs, attrs.HeapGrowth.Int64(g.Heap), attrs.HeapAllocated.Int64(g.Allocated))
	if g.HasShare {
		kvs = append(kvs, attrs.HeapShare.Int64(g.Share), attrs.Concurrency.Float64(g.Concurrency))
	}
	return append(kvs, attrs.GrowthBucket.String(g.Bucket()), attrs.GCCycles.Int64(g.GCCycles))
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
