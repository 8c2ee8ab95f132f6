package attribution

import (
	"fmt"

	"github.com/otelmem/otelmem-go/internal/heapprofile"
	"github.com/otelmem/otelmem-go/internal/textfmt"
	"github.com/otelmem/otelmem-go/internal/verdict"
	"github.com/otelmem/otelmem-go/otelmem/report"
)

// Set sets what the heap profile says of an operation in its row of a report.
func (h *Operation) Set(o *report.Operation) {
	o.Live, o.LiveError, o.Allocated = int64(h.Usage.Live), int64(h.Usage.Error), int64(h.Usage.Allocated)
	o.Verdict, o.Evidence = report.Verdict(h.Result.Verdict), h.Result.Reason
	o.Suspected, o.SuspectedSince, o.Ended = !h.SuspectedSince.IsZero(), h.SuspectedSince, h.Result.Ended
	o.Rate, o.By, o.Rise = h.Result.Slope, h.By, NewRise(&h.Result)
	o.Sites = newSites(h.Usage.Sites)
	o.AllocatedRate, o.History = h.AllocatedRate, h.History
	o.Goroutines = h.Goroutines.Count
	if g := h.Goroutines.Largest; g.Place != "" {
		o.Blocked = fmt.Sprintf("%d at %s (%s)", g.Count, g.Place, g.Function)
	}
}

// NewRise returns the growth that a result shows; nil where there is none.
func NewRise(r *verdict.Result) *report.Rise {
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
			out[i].Via = fmt.Sprintf("%s:%d (%s)", textfmt.ShortPath(s.Via.File), s.Via.Line, textfmt.ShortFunction(s.Via.Function))
		}
	}
	return out
}

// Row is the group's row of a report.
func (g *Goroutines) Row() report.Goroutines {
	row := report.Goroutines{
		Operation: g.Operation, Starter: g.Starter, Function: g.Function, Place: g.Place,
		Count: g.Count, GrowthPerMinute: g.GrowthPerMinute(), StackBytes: g.StackBytes, Meaning: g.Meaning,
		Verdict: report.Verdict(g.Result.Verdict), Evidence: g.Result.Reason, Suspected: g.Suspected,
	}
	if row.GrowthPerMinute > 0 {
		row.Since = g.Result.Since
	}
	return row
}

// maxGoroutineRows is how many groups of goroutines a report has at most.
const maxGoroutineRows = 50

// AddGoroutines adds the groups of goroutines that are followed to a report, as of the
// last reading.
func (t *Tracker) AddGoroutines(r *report.Report) {
	groups, notRead := t.GoroutineGroups()
	if notRead != "" {
		r.Disabled = append(r.Disabled, report.DisabledPart{Part: "goroutines", Reason: notRead})
	}
	for i := range groups[:min(len(groups), maxGoroutineRows)] {
		r.Goroutines = append(r.Goroutines, groups[i].Row())
	}
}
