package stats

import (
	"math"
	"slices"
	"time"
)

// Thin removes, in place, the point whose neighbours are the closest for its age,
// so that gaps grow with age: the last minutes, the last hour and the whole life all
// have points enough. The first and the last stay. timeOf is a point's time, which
// grows.
func Thin[P any](points []P, timeOf func(*P) time.Time) []P {
	if len(points) < 3 {
		return points
	}
	now := timeOf(&points[len(points)-1])
	closest, at := math.Inf(1), 1
	for i := 1; i < len(points)-1; i++ {
		gap := timeOf(&points[i+1]).Sub(timeOf(&points[i-1]))
		if c := float64(gap) / float64(now.Sub(timeOf(&points[i]))); c < closest {
			closest, at = c, i
		}
	}
	return slices.Delete(points, at, at+1)
}
