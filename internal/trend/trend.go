// Package trend says how fast a series grows: the Theil–Sen estimator, which a
// few wild points do not move.
package trend

import (
	"math"
	"slices"
	"time"
)

// Point is a value, in bytes, at an instant.
type Point struct {
	Time  time.Time
	Value int64
}

// Slope returns the Theil–Sen slope in bytes a second: the median of the slopes
// between all pairs of points (Sen, J. Am. Stat. Assoc. 63, 1968). It is 0 for
// fewer than two instants. It looks at all n(n-1)/2 pairs: keep n small.
func Slope(points []Point) float64 {
	slopes := make([]float64, 0, len(points)*(len(points)-1)/2)
	for i, a := range points {
		for _, b := range points[i+1:] {
			if seconds := b.Time.Sub(a.Time).Seconds(); seconds > 0 {
				slopes = append(slopes, float64(b.Value-a.Value)/seconds)
			}
		}
	}
	return median(slopes)
}

// TimeTo is how long a value takes to reach limit at slope bytes a second. It
// is false where it never does, or not within a year.
func TimeTo(value, limit int64, slope float64) (time.Duration, bool) {
	const year = 365 * 24 * time.Hour
	if limit <= 0 || value >= limit {
		return 0, limit > 0
	}
	seconds := float64(limit-value) / slope
	if slope <= 0 || seconds > year.Seconds() {
		return 0, false
	}
	return time.Duration(seconds * float64(time.Second)), true
}

// Window keeps the last points, up to a bound. The zero value keeps none.
type Window struct {
	points []Point
	bound  int
}

// NewWindow returns a window of at most bound points.
func NewWindow(bound int) *Window { return &Window{bound: bound} }

// Add appends a point, and drops the oldest where there is no room.
func (w *Window) Add(p Point) {
	if len(w.points) == w.bound && w.bound > 0 {
		copy(w.points, w.points[1:])
		w.points = w.points[:w.bound-1]
	}
	if len(w.points) < w.bound {
		w.points = append(w.points, p)
	}
}

// Points are those kept, the oldest first. They are valid until the next Add.
func (w *Window) Points() []Point { return w.points }

// median is NaN-free: 0 for none.
func median(values []float64) float64 {
	n := len(values)
	if n == 0 {
		return 0
	}
	slices.Sort(values)
	if n%2 == 1 {
		return values[n/2]
	}
	m := values[n/2-1]/2 + values[n/2]/2
	if math.IsNaN(m) {
		return 0
	}
	return m
}
