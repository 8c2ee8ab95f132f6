package otelmem

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/otelmem/otelmem-go/internal/heapprofile"
	"github.com/otelmem/otelmem-go/internal/memstat"
	"github.com/otelmem/otelmem-go/internal/textfmt"
	"github.com/otelmem/otelmem-go/internal/verdict"
	"github.com/otelmem/otelmem-go/otelmem/internal/attribution"
	"github.com/otelmem/otelmem-go/otelmem/internal/spanstats"
	"github.com/otelmem/otelmem-go/otelmem/report"
)

// addOperations joins what the heap profile says of operations with what their
// spans say.
func (d *Diagnostics) addOperations(r *report.Report, now memstat.Snapshot) {
	if d.heap.Stale(now) {
		d.readHeap(now)
	}
	held, at, err := d.heap.Operations()
	r.ProfileTime = at
	if err != nil {
		r.Disabled = append(r.Disabled, report.DisabledPart{Part: "live bytes by operation", Reason: err.Error()})
	}
	categoryTotals, operationTotals := d.spans.Statistics.Totals()
	operations := make(map[string]*report.Operation)
	for name, t := range operationTotals {
		operations[name] = &report.Operation{Name: name, Category: t.Category, Calls: t.Calls, Growth: t.Growth()}
	}
	categories := make(map[string]*report.Category)
	for name, t := range categoryTotals {
		categories[name] = &report.Category{Name: name, Growth: t.Growth()}
	}
	for i := range held {
		h := &held[i]
		o := operations[h.Name]
		if o == nil {
			o = &report.Operation{Name: h.Name, Category: h.Category}
			operations[h.Name] = o
		}
		setHeld(o, h)
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
	for _, o := range operations {
		r.Operations = append(r.Operations, *o)
	}
	slices.SortFunc(r.Operations, compareOperations)
	for _, c := range categories {
		r.Categories = append(r.Categories, *c)
	}
	slices.SortFunc(r.Categories, func(a, b report.Category) int {
		return cmp.Or(cmp.Compare(b.Live, a.Live), cmp.Compare(b.Growth.Calls, a.Growth.Calls), cmp.Compare(a.Name, b.Name))
	})
}

// setHeld sets what the heap profile says of an operation.
func setHeld(o *report.Operation, h *attribution.Operation) {
	o.Live, o.LiveError, o.Allocated = int64(h.Usage.Live), int64(h.Usage.Error), int64(h.Usage.Allocated)
	o.Verdict, o.Evidence = report.Verdict(h.Result.Verdict), h.Result.Reason
	o.Suspected, o.SuspectedSince, o.Ended = !h.SuspectedSince.IsZero(), h.SuspectedSince, h.Result.Ended
	o.Rate, o.By, o.Rise = h.Result.Slope, h.By, newRise(&h.Result)
	o.Sites = newSites(h.Usage.Sites)
	o.AllocatedRate, o.History = h.AllocatedRate, h.History
	o.Goroutines = h.Goroutines.Count
	if g := h.Goroutines.Largest; g.Place != "" {
		o.Blocked = fmt.Sprintf("%d at %s (%s)", g.Count, g.Place, g.Function)
	}
}

func newRise(r *verdict.Result) *report.Rise {
	if r.Growth <= 0 {
		return nil
	}
	return &report.Rise{
		Since: r.Since, Until: r.Until, Bytes: int64(r.Growth), Allocated: int64(r.Allocated),
		Steadiness: r.Steadiness,
		Ongoing:    r.Verdict == verdict.Growing || r.Verdict == verdict.Rising,
	}
}

func newSites(sites []heapprofile.SiteBytes) []report.Site {
	out := make([]report.Site, len(sites))
	for i, s := range sites {
		out[i] = report.Site{Function: s.Function, File: s.File, Line: s.Line, Bytes: int64(s.Live)}
		if s.Via.File != "" {
			out[i].Via = fmt.Sprintf("%s:%d (%s)", textfmt.ShortPath(s.Via.File), s.Via.Line, s.Via.Function)
		}
	}
	return out
}

// compareOperations puts the suspected first, then what holds most, then what
// ran most.
func compareOperations(a, b report.Operation) int {
	if a.Suspected != b.Suspected {
		if a.Suspected {
			return -1
		}
		return 1
	}
	return cmp.Or(cmp.Compare(b.Live, a.Live), cmp.Compare(b.Calls, a.Calls), cmp.Compare(a.Name, b.Name))
}
