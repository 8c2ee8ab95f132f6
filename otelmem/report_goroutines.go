package otelmem

import "github.com/otelmem/otelmem-go/otelmem/report"

// goroutineGroups is how many groups of goroutines a report has at most.
const goroutineGroups = 50

// addGoroutines says what goroutines there are many of, as of the last reading.
func (d *Diagnostics) addGoroutines(r *report.Report) {
	groups, notRead := d.heap.GoroutineGroups()
	if notRead != "" {
		r.Disabled = append(r.Disabled, report.DisabledPart{Part: "goroutines", Reason: notRead})
	}
	for i := range groups[:min(len(groups), goroutineGroups)] {
		g := &groups[i]
		shown := report.Goroutines{
			Operation: g.Operation, Starter: g.Starter, Function: g.Function, Place: g.Place,
			Count: g.Count, GrowthPerMinute: g.GrowthPerMinute(), StackBytes: g.StackBytes, Meaning: g.Meaning,
			Verdict: report.Verdict(g.Result.Verdict), Evidence: g.Result.Reason, Suspected: g.Suspected,
		}
		if shown.GrowthPerMinute > 0 {
			shown.Since = g.Result.Since
		}
		r.Goroutines = append(r.Goroutines, shown)
	}
}
