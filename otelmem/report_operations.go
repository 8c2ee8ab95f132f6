package otelmem

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/otelmem/otelmem-go/internal/heapprofile"
	"github.com/otelmem/otelmem-go/internal/memstat"
)

// addOperations joins what the heap profile says of operations with what their
// spans say.
func (d *Diagnostics) addOperations(r *Report, now memstat.Snapshot) {
	holdings, at, err := d.attribution.holdings()
	if at.IsZero() && err == nil { // no report interval has passed
		d.attribution.read(now, d.book.categoryOf)
		holdings, at, err = d.attribution.holdings()
	}
	r.ProfileTime = at
	if err != nil {
		r.Disabled = append(r.Disabled, DisabledPart{Part: "live bytes by operation", Reason: err.Error()})
	}
	categoryAccounts, operationAccounts := d.book.accounts()
	operations := make(map[string]*OperationReport)
	for name, a := range operationAccounts {
		operations[name] = &OperationReport{Name: name, Category: a.category, Calls: a.calls, Growth: a.growth()}
	}
	categories := make(map[string]*CategoryReport)
	for name, a := range categoryAccounts {
		categories[name] = &CategoryReport{Name: name, Growth: a.growth()}
	}
	courses := d.attribution.courses()
	for i := range holdings {
		h := &holdings[i]
		o := operations[h.operation]
		if o == nil {
			o = &OperationReport{Name: h.operation, Category: h.category}
			operations[h.operation] = o
		}
		o.add(h, courses[holdingKey{h.operation, h.by == ByCode}])
		o.Examples = shownAll(d.examples.of(h.operation))
		c := categories[h.category]
		if c == nil {
			c = &CategoryReport{Name: h.category}
			categories[h.category] = c
		}
		c.Live += int64(h.account.Live)
		c.Allocated += int64(h.account.Allocated)
		c.Goroutines += h.goroutines.Count
	}
	for _, o := range operations {
		r.Operations = append(r.Operations, *o)
	}
	slices.SortFunc(r.Operations, compareOperations)
	for _, c := range categories {
		r.Categories = append(r.Categories, *c)
	}
	slices.SortFunc(r.Categories, func(a, b CategoryReport) int {
		return cmp.Or(cmp.Compare(b.Live, a.Live), cmp.Compare(b.Growth.Calls, a.Growth.Calls), cmp.Compare(a.Name, b.Name))
	})
}

// add takes in what the heap profile says.
func (o *OperationReport) add(h *holding, c course) {
	o.Live, o.LiveError, o.Allocated = int64(h.account.Live), int64(h.account.Error), int64(h.account.Allocated)
	o.Verdict, o.Evidence, o.Suspected = h.result.Verdict, h.result.Reason, h.suspected()
	o.Rate, o.P, o.By = h.result.Slope, h.result.P, h.by
	o.Sites = newSites(h.account.Sites)
	o.AllocatedRate, o.History = c.rate, c.points
	o.Goroutines = h.goroutines.Count
	if len(h.goroutines.Sites) > 0 {
		s := h.goroutines.Sites[0]
		o.Blocked = fmt.Sprintf("%d at %s (%s)", s.Count, s.Line, s.Function)
	}
}

func newSites(sites []heapprofile.SiteBytes) []Site {
	out := make([]Site, len(sites))
	for i, s := range sites {
		out[i] = Site{Function: s.Function, File: s.File, Line: s.Line, Bytes: int64(s.Live)}
	}
	return out
}

// compareOperations puts the suspected first, then what holds most, then what
// ran most.
func compareOperations(a, b OperationReport) int {
	if a.Suspected != b.Suspected {
		if a.Suspected {
			return -1
		}
		return 1
	}
	return cmp.Or(cmp.Compare(b.Live, a.Live), cmp.Compare(b.Calls, a.Calls), cmp.Compare(a.Name, b.Name))
}
