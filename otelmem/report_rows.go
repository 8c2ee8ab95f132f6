package otelmem

import (
	"cmp"
	"slices"

	"github.com/otelmem/otelmem-go/internal/memstat"
	"github.com/otelmem/otelmem-go/otelmem/internal/conclusions"
	"github.com/otelmem/otelmem-go/otelmem/internal/spanstats"
	"github.com/otelmem/otelmem-go/otelmem/report"
)

// addOperations joins what the heap profile says of operations with what their
// spans say.
func (d *Diagnostics) addOperations(r *report.Report, now memstat.Snapshot) {
	if d.heap.Stale(now) {
		d.readHeap(now)
	}
	held, at, _ := d.heap.Operations() // the error is the part that is off
	r.ProfileTime = at
	categoryTotals, operationTotals := d.spans.Statistics.Totals()
	operations := make(map[string]*report.Operation)
	for name, t := range operationTotals {
		operations[name] = &report.Operation{Name: name, Category: t.Category, Calls: t.Calls, Growth: t.Growth()}
	}
	row := func(name, category string) *report.Operation {
		o := operations[name]
		if o == nil {
			o = &report.Operation{Name: name, Category: category}
			operations[name] = o
		}
		return o
	}
	categories := make(map[string]*report.Category)
	for name, t := range categoryTotals {
		categories[name] = &report.Category{Name: name, Growth: t.Growth()}
	}
	for i := range held {
		h := &held[i]
		o := row(h.Name, h.Category)
		h.Set(o)
		o.Examples = spanstats.Reports(d.spans.Examples.Of(h.Name))
		c := categories[h.Category]
		if c == nil {
			c = &report.Category{Name: h.Category}
			categories[h.Category] = c
		}
		c.Live += int64(h.Usage.Live)
		c.Allocated += int64(h.Usage.Allocated)
		c.Goroutines += h.Goroutines.Count
	}
	for name, f := range spanstats.InFlightBy(d.hook.Running(), d.names.Of, now.Time) {
		row(name, f.Category).InFlight = &f.InFlight
	}
	for _, o := range operations {
		r.Operations = append(r.Operations, *o)
	}
	conclusions.SortOperations(r.Operations)
	for _, c := range categories {
		r.Categories = append(r.Categories, *c)
	}
	slices.SortFunc(r.Categories, func(a, b report.Category) int {
		return cmp.Or(cmp.Compare(b.Live, a.Live), cmp.Compare(b.Growth.Calls, a.Growth.Calls), cmp.Compare(a.Name, b.Name))
	})
}
