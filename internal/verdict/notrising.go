package verdict

import (
	"math"
	"slices"
	"time"

	"github.com/otelmem/otelmem-go/internal/stats"
)

const (
	// endReported is for how long the end of an accused growth is reported.
	endReported = time.Hour
	// churnSeconds is the seconds' worth of allocation that a churning
	// operation may hold, churnRate the least that it allocates (bytes a
	// second).
	churnSeconds = 2
	churnRate    = 1 << 20
)

// still is the verdict on what does not rise now.
func (s *stretches) still(rules Rules, past history) Verdict {
	if s.tellsEnd(past) {
		return Plateau
	}
	if len(s.points) < rules.MinPoints {
		return NotEnoughData
	}
	if rate := s.allocation(); rate >= churnRate && s.level() <= churnSeconds*rate {
		return Churn
	}
	if s.reached(rules) > 0 {
		return Plateau
	}
	return Stable
}

// tellsEnd says whether the end of an accused growth is still worth telling.
func (s *stretches) tellsEnd(past history) bool {
	return !past.ended.IsZero() && s.points[len(s.points)-1].Time.Sub(past.ended) <= endReported
}

// reached is the first reading of a plateau: when the level was reached that the
// newer half stands at, after a rise that counts; 0 if there was none.
func (s *stretches) reached(rules Rules) int {
	n := len(s.values)
	m := s.middle(growth{to: n - 1})
	newer := s.values[m:]
	level := stats.Median(newer)
	around := make([]float64, len(newer))
	for i, v := range newer {
		around[i] = math.Abs(v - level)
	}
	rise := level - slices.Min(s.values[:m+1])
	noise := math.Hypot(s.points[0].Error, s.points[n-1].Error)
	if rise < max(rules.MinGrowth, errorsOfGrowth*noise, level/5, 5*1.4826*stats.Median(around)) {
		return 0
	}
	return slices.IndexFunc(s.values, func(v float64) bool { return v >= level-rise/10 })
}

// level is the median of the last three readings.
func (s *stretches) level() float64 { return stats.Median(s.values[max(0, len(s.values)-3):]) }

// allocation is the bytes allocated a second.
func (s *stretches) allocation() float64 {
	first, last := s.points[0], s.points[len(s.points)-1]
	return (last.Allocated - first.Allocated) / last.Time.Sub(first.Time).Seconds()
}
