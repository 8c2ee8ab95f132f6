package dump

import (
	"time"

	"github.com/otelmem/otelmem-go/internal/stats"
)

// A slope is taken over the last slopePoints readings, and there is none before
// slopeFloor of them: the first ones of a program that loads its data say little
// about where it is going.
const (
	slopePoints = 16
	slopeFloor  = 6
)

// slope follows the last readings of usage. The zero value is ready.
type slope struct {
	since  time.Time
	times  []float64 // seconds
	values []float64 // bytes
}

// add takes a reading in and returns the slope of the last ones, in bytes a
// second; 0 while they are too few.
func (s *slope) add(now time.Time, usage int64) float64 {
	if len(s.times) == 0 {
		s.since = now
	}
	if len(s.times) == slopePoints {
		s.times, s.values = append(s.times[:0], s.times[1:]...), append(s.values[:0], s.values[1:]...)
	}
	s.times = append(s.times, now.Sub(s.since).Seconds())
	s.values = append(s.values, float64(usage))
	if len(s.times) < slopeFloor {
		return 0
	}
	return stats.TheilSen(s.times, s.values).Slope
}
