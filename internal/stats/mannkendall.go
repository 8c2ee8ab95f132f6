package stats

import (
	"math"
	"slices"
)

// Trend is the result of a [MannKendall] test.
type Trend struct {
	// S is the number of pairs that rise less the number that fall.
	S int
	// Z is S in standard deviations, with the continuity correction.
	Z float64
	// P is the two-sided probability of such a Z without a trend.
	P float64
	// Tau is Kendall's tau-b, from -1 (all pairs fall) to 1 (all rise).
	Tau float64
}

// MannKendall tests values in the order of time for a monotonic trend (H. B.
// Mann, Econometrica 13, 1945; M. G. Kendall, Rank Correlation Methods, 4th
// ed. 1975): the variance of S is corrected for ties,
//
//	Var(S) = (n(n-1)(2n+5) - sum over tied groups of t(t-1)(2t+5)) / 18
//
// and P is from the normal distribution, good from about 8 values on. The test
// takes the values for independent: where each follows from the one before, P
// is too small. It takes n(n-1)/2 comparisons.
func MannKendall(values []float64) Trend {
	n := len(values)
	s := 0
	for i, a := range values {
		for _, b := range values[i+1:] {
			if b > a {
				s++
			} else if b < a {
				s--
			}
		}
	}
	variance, tied := tieCorrected(values)
	t := Trend{S: s, P: 1}
	if variance <= 0 {
		return t // all equal, or less than two
	}
	pairs := float64(n) * float64(n-1) / 2
	t.Tau = float64(s) / math.Sqrt(pairs*(pairs-tied))
	if s != 0 {
		sign := math.Copysign(1, float64(s))
		t.Z = (float64(s) - sign) / math.Sqrt(variance)
	}
	t.P = math.Erfc(math.Abs(t.Z) / math.Sqrt2)
	return t
}

// tieCorrected is the variance of S, and the number of tied pairs.
func tieCorrected(values []float64) (variance, tied float64) {
	sorted := slices.Clone(values)
	slices.Sort(sorted)
	n := float64(len(sorted))
	variance = n * (n - 1) * (2*n + 5)
	for i := 0; i < len(sorted); {
		j := i + 1
		for j < len(sorted) && sorted[j] == sorted[i] {
			j++
		}
		t := float64(j - i)
		variance -= t * (t - 1) * (2*t + 5)
		tied += t * (t - 1) / 2
		i = j
	}
	return variance / 18, tied
}
