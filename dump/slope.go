package dump

import (
	"time"

	"github.com/otelmem/otelmem-go/internal/verdict"
)

// slopePoints is over how many readings a slope is taken.
const slopePoints = 16

// slope follows the last readings of usage. The zero value is ready.
type slope struct {
	since  time.Time
	times  []float64 // seconds
	values []float64 // bytes
}

// add takes a reading in and returns the slope of the last ones, in bytes a
// second.
func (s *slope) add(now time.Time, usage int64) float64 {
	if len(s.times) == 0 {
		s.since = now
	}
	if len(s.times) == slopePoints {
		s.times, s.values = append(s.times[:0], s.times[1:]...), append(s.values[:0], s.values[1:]...)
	}
	s.times = append(s.times, now.Sub(s.since).Seconds())
	s.values = append(s.values, float64(usage))
	return verdict.TheilSen(s.times, s.values).Slope
}
