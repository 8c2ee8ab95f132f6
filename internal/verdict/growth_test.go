package verdict

import (
	"math/rand/v2"
	"testing"
)

// The search repeats the formula of the test that it searches with.
func TestTheOnsetIsWhereTheTestIsTheClearest(t *testing.T) {
	r := rand.New(rand.NewPCG(4, 4))
	for range 100 {
		samples := 0
		s := newStretches(series(3+r.IntN(60), func(int) float64 { samples += poisson(r, 3) - r.IntN(3); return float64(samples) / 2 }, 1, nil))
		last := len(s.points) - 1
		var want growth
		for from := range last {
			if g := s.between(from, last); g.t > want.t {
				want = g
			}
		}
		if got := s.onset(0, last); !near(got.t, want.t, 1e-9) {
			t.Fatalf("onset at %d with t = %v, the clearest is at %d with t = %v", got.from, got.t, want.from, want.t)
		}
	}
}
