package stats

import (
	"math"
	"slices"
)

// Line is the result of [TheilSen], in value per unit of time.
type Line struct {
	Slope float64
	// Low and High are the ends of the 95 % confidence interval of Slope.
	Low, High float64
}

// TheilSen is the median of the slopes of all pairs (P. K. Sen, J. Am. Stat.
// Assoc. 63, 1968), which up to 29 % of wild points do not move, with Sen's
// confidence interval (R. O. Gilbert, Statistical Methods for Environmental
// Pollution Monitoring, 1987, section 16.5): the slopes of rank (N ∓ C) / 2,
// C = 1.96 times the standard deviation of Mann–Kendall's S. times must not
// fall; pairs of one time are left out. It sorts n(n-1)/2 slopes.
func TheilSen(times, values []float64) Line {
	slopes := make([]float64, 0, len(times)*(len(times)-1)/2)
	for i, t := range times {
		for j := i + 1; j < len(times); j++ {
			if dt := times[j] - t; dt > 0 {
				slopes = append(slopes, (values[j]-values[i])/dt)
			}
		}
	}
	if len(slopes) == 0 {
		return Line{}
	}
	slices.Sort(slopes)
	n, c := float64(len(slopes)), 1.96*math.Sqrt(max(0, varianceOfS(values)))
	low := int(math.Round((n-c)/2)) - 1 // ranks count from 1
	high := int(math.Round((n + c) / 2))
	return Line{
		Slope: middle(slopes),
		Low:   slopes[max(0, low)],
		High:  slopes[min(high, len(slopes)-1)],
	}
}

// varianceOfS is that of Mann–Kendall's S, the number of pairs that rise less the
// number that fall, corrected for ties (M. G. Kendall, Rank Correlation
// Methods, 4th ed. 1975):
//
//	(n(n-1)(2n+5) - sum over tied groups of t(t-1)(2t+5)) / 18
func varianceOfS(values []float64) float64 {
	sorted := slices.Clone(values)
	slices.Sort(sorted)
	n := float64(len(sorted))
	variance := n * (n - 1) * (2*n + 5)
	for i := 0; i < len(sorted); {
		j := i + 1
		for j < len(sorted) && sorted[j] == sorted[i] {
			j++
		}
		t := float64(j - i)
		variance -= t * (t - 1) * (2*t + 5)
		i = j
	}
	return variance / 18
}

// middle is the median of sorted values, at least one.
func middle(sorted []float64) float64 {
	n := len(sorted)
	return sorted[(n-1)/2]/2 + sorted[n/2]/2
}

// Median is 0 for none.
func Median(values []float64) float64 {
	if len(values) == 0 {
		return 0
	}
	sorted := slices.Clone(values)
	slices.Sort(sorted)
	return middle(sorted)
}
