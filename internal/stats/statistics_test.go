package stats

import (
	"cmp"
	"math"
	"math/rand/v2"
	"slices"
	"testing"
)

func near(got, want, within float64) bool { return math.Abs(got-want) <= within }

// The formula for the variance must give what all orders of the values give.
func TestVarianceOfSIsThatOfAllPermutations(t *testing.T) {
	for _, values := range [][]float64{{1, 2, 3, 4, 5, 6}, {1, 1, 2, 3, 4, 5}, {1, 1, 1, 2, 2, 3}, {1, 1, 2, 2, 3, 3}} {
		var sum, squares, n float64
		permute(slices.Clone(values), 0, func(order []float64) {
			s := float64(pairs(order))
			sum, squares, n = sum+s, squares+s*s, n+1
		})
		want := squares/n - sum/n*sum/n
		if got := varianceOfS(values); n != 720 || !near(got, want, 1e-9) {
			t.Errorf("%v: variance %v, of %v permutations %v", values, got, n, want)
		}
	}
}

// pairs is the number of pairs that rise less the number that fall.
func pairs(values []float64) (s int) {
	for i, a := range values {
		for _, b := range values[i+1:] {
			s += cmp.Compare(b, a)
		}
	}
	return s
}

func permute(v []float64, k int, visit func([]float64)) {
	if k == len(v) {
		visit(v)
		return
	}
	for i := k; i < len(v); i++ {
		v[k], v[i] = v[i], v[k]
		permute(v, k+1, visit)
		v[k], v[i] = v[i], v[k]
	}
}

func TestTheilSen(t *testing.T) {
	for _, test := range []struct {
		does            string
		times, values   []float64
		slope, low, max float64
	}{
		{"a line", []float64{0, 1, 2, 3}, []float64{1, 3, 5, 7}, 2, 2, 2},
		// The 15 slopes without the wild point are 1, those with it 3, 3.5, 4.33,
		// 6, 11 and -9. C = 1.96*sqrt(7*6*19/18) = 13.05: ranks 4 and 18 of 21.
		// Least squares has a slope of 1.71.
		{"a wild point", []float64{1, 2, 3, 4, 5, 6, 7}, []float64{1, 2, 3, 4, 5, 16, 7}, 1, 1, 3.5},
		{"uneven times", []float64{0, 10, 11, 100}, []float64{0, 20, 22, 200}, 2, 2, 2},
		{"pairs of one time are left out", []float64{0, 0, 1}, []float64{0, 5, 6}, 3.5, 1, 6},
		{"one instant", []float64{1, 1}, []float64{0, 5}, 0, 0, 0},
		{"none", nil, nil, 0, 0, 0},
	} {
		got := TheilSen(test.times, test.values)
		if got.Slope != test.slope || got.Low != test.low || got.High != test.max {
			t.Errorf("%s: %+v, want %v (%v to %v)", test.does, got, test.slope, test.low, test.max)
		}
	}
}

func TestTheIntervalOfTheSlopeHoldsItInNineteenOfTwenty(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	times, values := make([]float64, 20), make([]float64, 20)
	const runs = 1000
	held := 0
	for range runs {
		for i := range times {
			times[i], values[i] = float64(i), 3*float64(i)+10*random.NormFloat64()
		}
		if line := TheilSen(times, values); line.Low <= 3 && 3 <= line.High {
			held++
		}
	}
	if held < 930 || held > 975 {
		t.Errorf("the interval held the slope in %d of %d, want about 950", held, runs)
	}
}
