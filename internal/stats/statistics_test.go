package stats

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"
)

func near(got, want, within float64) bool { return math.Abs(got-want) <= within }

func TestMannKendall(t *testing.T) {
	for _, test := range []struct {
		does      string
		values    []float64
		s         int
		z, p, tau float64
	}{
		// n = 10: Var(S) = 10*9*25/18 = 125, sd 11.18. 33 pairs rise, 12 fall:
		// S = 21, Z = 20/11.18, tau = 21/45.
		{"no ties", []float64{1.22, 2.20, 4.80, 1.28, 1.97, 1.46, 2.64, 2.34, 4.84, 2.96}, 21, 1.789, 0.0736, 0.4667},
		// n = 5: 9 pairs rise, none falls, 1 tied. Var(S) = (5*4*15 - 2*1*9)/18
		// = 15.667; Z = 8/3.958; tau-b = 9/sqrt(10*9).
		{"one tie", []float64{1, 2, 2, 3, 4}, 9, 2.021, 0.0433, 0.9487},
		// n = 6, groups of 3 and 2: Var(S) = (6*5*17 - 3*2*11 - 2*1*9)/18 =
		// 23.667. Falling pairs 11, tied 4: Z = -10/4.865; tau-b = -11/sqrt(15*11).
		{"falling, with ties", []float64{3, 3, 2, 2, 2, 1}, -11, -2.056, 0.0398, -0.8563},
		{"monotone", []float64{1, 2, 3, 4, 5, 6, 7, 8}, 28, 3.341, 0.00083, 1},
		{"constant", []float64{7, 7, 7, 7}, 0, 0, 1, 0},
		{"one value", []float64{7}, 0, 0, 1, 0},
		{"none", nil, 0, 0, 1, 0},
	} {
		got := MannKendall(test.values)
		if got.S != test.s || !near(got.Z, test.z, 0.001) || !near(got.P, test.p, 0.0005) || !near(got.Tau, test.tau, 0.0001) {
			t.Errorf("%s: %+v, want S %d, Z %v, P %v, tau %v", test.does, got, test.s, test.z, test.p, test.tau)
		}
	}
}

// The formula for the variance must give what all orders of the values give.
func TestVarianceOfSIsThatOfAllPermutations(t *testing.T) {
	for _, values := range [][]float64{{1, 2, 3, 4, 5, 6}, {1, 1, 2, 3, 4, 5}, {1, 1, 1, 2, 2, 3}, {1, 1, 2, 2, 3, 3}} {
		var sum, squares, n float64
		permute(slices.Clone(values), 0, func(order []float64) {
			s := float64(MannKendall(order).S)
			sum, squares, n = sum+s, squares+s*s, n+1
		})
		want := squares/n - sum/n*sum/n
		if got, _ := tieCorrected(values); n != 720 || !near(got, want, 1e-9) {
			t.Errorf("%v: variance %v, of %v permutations %v", values, got, n, want)
		}
	}
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
