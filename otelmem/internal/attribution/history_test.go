package attribution

import (
	"testing"
	"time"

	"github.com/otelmem/otelmem-go/internal/verdict"
)

func TestOperationsHaveTheRateOfLateAndFewPoints(t *testing.T) {
	began := time.Date(2026, 11, 23, 0, 0, 0, 0, time.UTC)
	var points []verdict.Point
	for i := range 64 {
		// Quiet for long, then 10 bytes a second.
		points = append(points, verdict.Point{
			Time: began.Add(time.Duration(i) * 15 * time.Second), Live: float64(i), Allocated: float64(max(0, i-50) * 150),
		})
	}
	h := history(points)
	if rate := allocatedRate(points); rate != 10 {
		t.Errorf("rate %v, want 10", rate)
	}
	if len(h) != historyPoints || h[0].Live != 0 || h[historyPoints-1].Live != 63 {
		t.Errorf("points %v, want %d from 0 to 63", h, historyPoints)
	}
	if h := history(points[:1]); h != nil || allocatedRate(points[:1]) != 0 {
		t.Errorf("history of one point: %v, want none", h)
	}
}
