package process

import (
	"testing"
	"time"

	"github.com/otelmem/otelmem-go/internal/memstat"
)

func TestHistoryOfADayIsBoundedAndCoversEveryScale(t *testing.T) {
	var h History
	began := time.Date(2026, 11, 23, 0, 0, 0, 0, time.UTC)
	const day = 24 * 60 * 60
	for i := range day {
		h.Add(memstat.Snapshot{Time: began.Add(time.Duration(i) * time.Second), RSS: int64(i)})
	}
	points := h.Points()
	if len(points) != maxPoints {
		t.Fatalf("%d points, want %d", len(points), maxPoints)
	}
	if first, last := points[0].RSS, points[len(points)-1].RSS; first != 0 || last != day-1 {
		t.Errorf("points from %d to %d, want 0 to %d", first, last, day-1)
	}
	for _, over := range []int64{600, 3600, day} {
		n := 0
		for _, p := range points {
			if p.RSS >= day-over {
				n++
			}
		}
		if n < 100 {
			t.Errorf("%d points in the last %d s, want 100 or more", n, over)
		}
	}
}
