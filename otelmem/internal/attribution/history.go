package attribution

import (
	"slices"
	"time"

	"github.com/otelmem/otelmem-go/internal/verdict"
	"github.com/otelmem/otelmem-go/otelmem/report"
)

const (
	// historyPoints is how many points of an operation a report has at most.
	historyPoints = 32
	// rateOver is over how long the rate of allocation is taken at least, where
	// there is as much.
	rateOver = time.Minute
)

// history is how live bytes changed, by some of the points; none where nothing was
// ever held.
func history(points []verdict.Point) []report.OperationPoint {
	n := len(points)
	if n < 2 || !slices.ContainsFunc(points, func(p verdict.Point) bool { return p.Live > 0 }) {
		return nil
	}
	shown := min(n, historyPoints)
	out := make([]report.OperationPoint, shown)
	for i := range shown {
		p := points[i*(n-1)/(shown-1)]
		out[i] = report.OperationPoint{Time: p.Time, Live: int64(p.Live)}
	}
	return out
}

// allocatedRate is how many bytes a second were allocated of late.
func allocatedRate(points []verdict.Point) (rate float64) {
	if len(points) < 2 {
		return 0
	}
	last := points[len(points)-1]
	for _, p := range slices.Backward(points[:len(points)-1]) {
		over := last.Time.Sub(p.Time)
		rate = max(0, (last.Allocated-p.Allocated)/over.Seconds())
		if over >= rateOver {
			break
		}
	}
	return rate
}
