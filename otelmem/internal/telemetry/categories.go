package telemetry

import (
	"sync"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/metric"

	"github.com/otelmem/otelmem-go/internal/attrs"
)

// maxGrowthCategories is of how many categories growth is recorded apart, first come
// first served. The SDK keeps 2,000 series of an instrument by default and each
// category has three: beyond that the SDK would drop the categories' names, and count
// nowhere how many. The margin is for [attrs.Overflow].
const maxGrowthCategories = 650

// categories are those that operations ended in. The zero value is ready; it is safe
// for concurrent use.
type categories struct {
	mu         sync.Mutex
	byName     map[string]*categoryOptions // bounded with the names of categories
	overflow   *growthOptions
	overflowed int64
}

// categoryOptions are the attributes of one category, made once.
type categoryOptions struct {
	operations []metric.AddOption
	growth     *growthOptions
}

type growthOptions struct{ rss, heap, external []metric.RecordOption }

func newGrowthOptions(category string) *growthOptions {
	of := func(memory string) []metric.RecordOption {
		return []metric.RecordOption{metric.WithAttributeSet(attribute.NewSet(attrs.Category.String(category), attrs.Memory.String(memory)))}
	}
	return &growthOptions{rss: of(attrs.MemoryRSS), heap: of(attrs.MemoryHeap), external: of(attrs.MemoryExternal)}
}

func (c *categories) options(category string) *categoryOptions {
	c.mu.Lock()
	defer c.mu.Unlock()
	if options := c.byName[category]; options != nil {
		return options
	}
	if c.byName == nil {
		c.byName = make(map[string]*categoryOptions)
		c.overflow = newGrowthOptions(attrs.Overflow)
	}
	options := &categoryOptions{
		operations: []metric.AddOption{metric.WithAttributeSet(attribute.NewSet(attrs.Category.String(category)))},
		growth:     c.overflow,
	}
	switch {
	case category == attrs.Overflow:
	case len(c.byName) < maxGrowthCategories:
		options.growth = newGrowthOptions(category)
	default:
		c.overflowed++
	}
	c.byName[category] = options
	return options
}

// beyond is of how many categories growth is recorded as that of [attrs.Overflow].
func (c *categories) beyond() int64 {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.overflowed
}
