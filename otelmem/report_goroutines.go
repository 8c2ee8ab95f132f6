package otelmem

import (
	"context"
	"fmt"

	"github.com/otelmem/otelmem-go/internal/goroutines"
	"github.com/otelmem/otelmem-go/otelmem/report"
)

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
