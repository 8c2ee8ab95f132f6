package dump

import (
	"time"

	"github.com/otelmem/otelmem-go/internal/stats"
)

const (
	// slopeReadings is how many of the last readings the slope is taken over: four
	// seconds at the default interval.
	slopeReadings = 16
	// minSlopeReadings is how many readings there must be for a slope: the first
	// ones of a program that loads its data say little about what follows.
	minSlopeReadings = 6
)

// slope is the growth of usage over the last readings, by the Theil-Sen estimator,
// which ignores single outliers. The zero value is ready to use.
type slope struct {
	since  time.Time
	times  []float64 // seconds
	values []float64 // bytes
}

// add adds a reading of usage, in bytes, and returns the slope of the last ones, in
// bytes a second; 0 while there are too few.
func (s *slope) add(now time.Time, usage int64) float64 {
	if len(s.times) == 0 {
		s.since = now
	}
	if len(s.times) == slopeReadings {
		s.times, s.values = append(s.times[:0], s.times[1:]...), append(s.values[:0], s.values[1:]...)
	}
	s.times = append(s.times, now.Sub(s.since).Seconds())
	s.values = append(s.values, float64(usage))
	if len(s.times) < minSlopeReadings {
		return 0
	}
	return stats.TheilSen(s.times, s.values).Slope
}
