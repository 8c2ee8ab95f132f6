package telemetry

import (
	"cmp"
	"slices"
	"sync"

	"github.com/otelmem/otelmem-go/otelmem/internal/attribution"
)

// order is in which order categories are observed: those first that ever held the
// most. Beyond a cardinality limit the SDK merges whatever is observed last, so that
// this loses the least; and an order that changed with each collection would let
// categories leave and come back, which delta sums count anew each time. The zero
// value is ready; it is safe for concurrent use.
type order struct {
	mu   sync.Mutex
	most map[string]float64 // bytes by category, bounded with the names of categories
}

// sort sorts all in place, and returns it.
func (o *order) sort(all []attribution.Category) []attribution.Category {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.most == nil {
		o.most = make(map[string]float64)
	}
	for _, c := range all {
		o.most[c.Name] = max(o.most[c.Name], c.Live)
	}
	slices.SortFunc(all, func(a, b attribution.Category) int {
		return cmp.Or(cmp.Compare(o.most[b.Name], o.most[a.Name]), cmp.Compare(a.Name, b.Name))
	})
	return all
}
