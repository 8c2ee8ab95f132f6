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
	variance, _ := tieCorrected(values)
	n, c := float64(len(slopes)), 1.96*math.Sqrt(max(0, variance))
	low := int(math.Round((n-c)/2)) - 1 // ranks count from 1
	high := int(math.Round((n + c) / 2))
	return Line{
		Slope: middle(slopes),
		Low:   slopes[max(0, low)],
		High:  slopes[min(high, len(slopes)-1)],
	}
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

// Autocorrelation is the correlation of each residual from the line with the
// next, from -1 to 1.
func Autocorrelation(times, values []float64, slope float64) float64 {
	residuals := make([]float64, len(values))
	var mean float64
	for i := range values {
		residuals[i] = values[i] - slope*times[i]
		mean += residuals[i] / float64(len(values))
	}
	var sum, lagged float64
	for i := range residuals {
		residuals[i] -= mean
		sum += residuals[i] * residuals[i]
		if i > 0 {
			lagged += residuals[i] * residuals[i-1]
		}
	}
	if sum == 0 {
		return 0
	}
	return lagged / sum
}
