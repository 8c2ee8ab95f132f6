package otelmem

import (
	"context"
	"fmt"

	"github.com/otelmem/otelmem-go/internal/goroutines"
	"github.com/otelmem/otelmem-go/otelmem/report"
)

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

// LeakedGoroutines returns the goroutines that the runtime knows to be blocked for
// ever, on channels or locks that nothing else can reach, the largest groups first.
// Unlike everything else here it runs a garbage collection. It fails where the runtime
// has no such profile: Go 1.26 has it in programs that are built with
// GOEXPERIMENT=goroutineleakprofile. It needs no Start.
func (d *Diagnostics) LeakedGoroutines(ctx context.Context) ([]report.Goroutines, error) {
	if !d.Enabled() {
		return nil, d.unavailable()
	}
	if err := ctx.Err(); err != nil {
		return nil, fmt.Errorf("leaked goroutines: %w", err)
	}
	groups, err := goroutines.Leaked()
	if err != nil {
		return nil, fmt.Errorf("leaked goroutines: %w", err)
	}
	leaked := make([]report.Goroutines, len(groups))
	for i, g := range groups {
		leaked[i] = report.Goroutines{
			Operation: g.Operation, Starter: g.Starter, Function: g.Function, Place: g.Place, Count: g.Count, Meaning: g.Meaning, Suspected: true,
		}
	}
	return leaked, nil
}
