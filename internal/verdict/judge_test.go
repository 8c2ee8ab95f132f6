package verdict

import (
	"math"
	"math/rand/v2"
	"strings"
	"testing"
	"time"
)

const (
	mib    = 1 << 20
	minute = time.Minute
)

var start = time.Date(2025, 11, 26, 10, 0, 0, 0, time.UTC)

// series is n points, one a minute: live(i) MiB, with an error and allocated(i)
// MiB so far.
func series(n int, live func(i int) float64, standardError float64, allocated func(i int) float64) []Point {
	s := NewSeries(0)
	for i := range n {
		p := Point{Time: start.Add(time.Duration(i) * minute), Live: math.Max(0, live(i)) * mib, Error: standardError * mib, GC: uint32(i + 1)}
		if allocated != nil {
			p.Allocated = allocated(i) * mib
		}
		s.Add(p)
	}
	return s.Points()
}

func TestVerdicts(t *testing.T) {
	random := rand.New(rand.NewPCG(3, 4))
	noise := func(sd float64) float64 { return sd * random.NormFloat64() }
	line := func(from, slope, sd float64) func(int) float64 {
		return func(i int) float64 { return from + slope*float64(i) + noise(sd) }
	}
	for _, test := range []struct {
		does   string
		points []Point
		want   Verdict
	}{
		{"fast leak, first minutes", series(8, line(0, 60, 3), 5, nil), Growing},
		{"fast leak", series(60, line(10, 60, 10), 10, nil), Growing},
		{"slow leak over two hours", series(120, line(50, 0.2, 1), 2, nil), Growing},
		{"leak that allocates much", series(30, line(10, 5, 2), 1, func(i int) float64 { return 3000 * float64(i) }), Growing},
		{"leak after an hour of rest", series(100, func(i int) float64 { return 20 + noise(1) + 5*max(0, float64(i-60)) }, 1, nil), Growing},
		{"leak after a day of rest", series(1440+15, func(i int) float64 { return 20 + noise(1) + 5*max(0, float64(i-1440)) }, 1, nil), Growing},
		{"leak that doubles every ten minutes", series(60, func(i int) float64 { return 10*math.Exp2(float64(i)/10) + noise(1) }, 0.5, nil), Growing},
		{"slow leak over three days", series(3*1440, line(50, 0.02, 1), 2, nil), Growing},
		{"slice that doubled last half an hour ago", series(60, func(i int) float64 { return math.Exp2(math.Ceil(math.Log2(float64(i + 1)))) }, 0.5, nil), Plateau},
		{"leak under daily traffic", series(60, func(i int) float64 { return 3*float64(i) + 20*math.Sin(float64(i)/10) + noise(2) }, 1, nil), Growing},
		{"step", series(40, func(i int) float64 { return 10 + noise(1) + 50*math.Min(1, math.Floor(float64(i)/20)) }, 1, nil), Plateau},
		{"warm-up, then flat", series(30, func(i int) float64 { return 10*math.Min(5, float64(i)) + noise(1) }, 1, nil), Plateau},
		{"warm-up, then flat for a day", series(1440, func(i int) float64 { return 10*math.Min(5, float64(i)) + noise(1) }, 1, nil), Plateau},
		{"cache that fills exponentially", series(60, func(i int) float64 { return 100*(1-math.Exp(-float64(i)/12)) + noise(0.5) }, 1, nil), Plateau},
		{"cache that fills and stops", series(60, func(i int) float64 { return math.Min(100, 5*float64(i)) }, 0, nil), Plateau},
		{"busy cache that fills and stops", series(60, func(i int) float64 { return math.Min(100, 5*float64(i)) + noise(1) }, 1, func(i int) float64 { return 600 * float64(i) }), Plateau},
		{"sawtooth, at the end of a ramp", series(60, func(i int) float64 { return 20 + 3*float64(i%10) + noise(1) }, 1, nil), Stable},
		{"sawtooth, in the middle of a long ramp", series(95, func(i int) float64 { return 20 + 3*float64(i%30) + noise(1) }, 1, nil), Stable},
		{"sawtooth, at the end of a long ramp", series(120, func(i int) float64 { return 20 + 3*float64(i%30) + noise(1) }, 1, nil), Stable},
		{"churn", series(30, line(5, 0, 1), 2, func(i int) float64 { return 6000 * float64(i) }), Churn},
		{"churn that warms up", series(30, func(i int) float64 { return 8*math.Min(1, float64(i)) + noise(1) }, 2, func(i int) float64 { return 6000 * float64(i) }), Churn},
		{"decline", series(30, line(300, -5, 3), 5, nil), Stable},
		{"constant", series(30, line(64, 0, 0), 0, nil), Stable},
		{"nothing held", series(30, line(0, 0, 0), 0, nil), Stable},
		{"sampling noise", series(30, line(64, 0, 8), 8, nil), Stable},
		{"rise within the sampling error", series(30, line(64, 0.2, 0.1), 8, nil), Stable},
		{"rise below the least growth", series(30, line(3, 0.01, 0), 0, nil), Stable},
		{"leak of a minute", series(2, line(0, 60, 0), 0, nil), Rising},
		{"few points", series(5, line(64, 0, 0), 0, nil), NotEnoughData},
		{"one point", series(1, line(64, 0, 0), 0, nil), NotEnoughData},
		{"none", nil, NotEnoughData},
	} {
		t.Run(test.does, func(t *testing.T) {
			got := Judge(test.points, Rules{})
			if got.Verdict != test.want || got.Reason == "" {
				t.Errorf("%s (%s), want %s: %+v", got.Verdict, got.Reason, test.want, got)
			}
		})
	}
}

func TestTheVerdictStatesItsFigures(t *testing.T) {
	got := Judge(series(20, func(i int) float64 { return 10 + 6*float64(i) }, 1, nil), Rules{})
	if !near(got.Slope, 6*mib/60.0, 1e-6) || got.SlopeLow > got.Slope || got.SlopeHigh < got.Slope {
		t.Errorf("slope %v (%v to %v), want %v B/s", got.Slope, got.SlopeLow, got.SlopeHigh, 6*mib/60.0)
	}
	if got.P > 1e-6 || got.Points != 20 || got.Span != 19*minute || got.Live != 124*mib || got.Growth != 114*mib {
		t.Errorf("figures %+v", got)
	}
	if want := "grows by 6.0MB a minute, rose by 114MB in 19m0s"; !strings.HasPrefix(got.Reason, want) {
		t.Errorf("reason %q, want %q", got.Reason, want)
	}
}

func TestGapsDoNotBendTheSlope(t *testing.T) {
	s := NewSeries(0)
	at := start
	for i := range 30 {
		at = at.Add(minute)
		if i == 10 || i == 20 {
			at = at.Add(3 * time.Hour)
		}
		s.Add(Point{Time: at, Live: at.Sub(start).Minutes() * mib, GC: uint32(i + 1)})
	}
	got := s.Judge(Rules{})
	if got.Verdict != Growing || !near(got.Slope, mib/60.0, 1e-6) {
		t.Errorf("%+v, want growing by 1 MiB a minute", got)
	}
}

// How often is an operation accused that does not leak? Each run is judged once,
// at its end.
func TestFalseAccusationsAreRare(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		does  string
		bound float64 // of runs, in percent
		next  func(r *rand.Rand, last float64) float64
	}{
		{"noise", 0.5, func(r *rand.Rand, _ float64) float64 { return 10 * r.NormFloat64() }},
		{"noise that follows itself by half", 1, func(r *rand.Rand, last float64) float64 { return 0.5*last + 10*r.NormFloat64() }},
		{"noise that follows itself by 0.9", 2, func(r *rand.Rand, last float64) float64 { return 0.9*last + 5*r.NormFloat64() }},
		{"random walk", 5, func(r *rand.Rand, last float64) float64 { return last + 5*r.NormFloat64() }},
	} {
		for _, n := range []int{8, 20, 60, 300} {
			random := rand.New(rand.NewPCG(uint64(n), 7))
			accused, runs := 0, 1000
			if n > 60 {
				runs = 400 // it takes long
			}
			for range runs {
				last := 0.0
				points := series(n, func(int) float64 { last = test.next(random, last); return 1000 + last }, 1, nil)
				if Judge(points, Rules{}).Verdict == Growing {
					accused++
				}
			}
			percent := 100 * float64(accused) / float64(runs)
			t.Logf("%s, %d points: %.2f %% accused", test.does, n, percent)
			if percent > test.bound {
				t.Errorf("%s, %d points: %.2f %% accused, want at most %v %%", test.does, n, percent, test.bound)
			}
		}
	}
}

// The same, judged after each of the first hour's reports: is it ever accused?
func TestAccusationsInAnHourAreRare(t *testing.T) {
	t.Parallel()
	const runs = 200
	for _, test := range []struct {
		does  string
		bound float64 // of runs, in percent
		next  func(r *rand.Rand, last float64) float64
	}{
		{"noise", 0.5, func(r *rand.Rand, _ float64) float64 { return 10 * r.NormFloat64() }},
		{"noise that follows itself by half", 0.5, func(r *rand.Rand, last float64) float64 { return 0.5*last + 10*r.NormFloat64() }},
		{"noise that follows itself by 0.9", 1, func(r *rand.Rand, last float64) float64 { return 0.9*last + 5*r.NormFloat64() }},
		// Live bytes are bounded, so that none walks like this for long.
		{"random walk", 8, func(r *rand.Rand, last float64) float64 { return last + 5*r.NormFloat64() }},
	} {
		random := rand.New(rand.NewPCG(9, 7))
		accused := 0
		for range runs {
			s := NewSeries(0)
			ever, last := false, 0.0
			for i := range 60 {
				last = test.next(random, last)
				s.Add(Point{Time: start.Add(time.Duration(i) * time.Minute), Live: (1000 + last) * mib, Error: mib})
				ever = ever || s.Judge(Rules{}).Verdict == Growing
			}
			if ever {
				accused++
			}
		}
		percent := 100 * float64(accused) / runs
		t.Logf("%s: %.1f %% ever accused in an hour", test.does, percent)
		if percent > test.bound {
			t.Errorf("%s: %.1f %% ever accused in an hour, want at most %v %%", test.does, percent, test.bound)
		}
	}
}

// How many reports does a true leak take?
func TestLeaksAreFound(t *testing.T) {
	const runs = 100
	for _, test := range []struct {
		does  string
		sd    float64 // of the noise, in growths a minute
		n     int
		bound float64 // of runs, in percent
	}{
		{"hardly any noise", 0.1, 18, 97},
		{"noise of half a minute's growth", 0.5, 21, 90},
		{"noise of a minute's growth", 1, 21, 90},
		{"noise of three minutes' growth", 3, 36, 80},
		{"noise of ten minutes' growth", 10, 90, 80},
	} {
		random := rand.New(rand.NewPCG(5, 6))
		found := 0
		for range runs {
			s := NewSeries(0)
			for i := range test.n {
				live := 100 + 4*(float64(i)+test.sd*random.NormFloat64())
				s.Add(Point{Time: start.Add(time.Duration(i) * time.Minute), Live: live * mib, Error: mib / 2})
				if s.Judge(Rules{}).Verdict == Growing {
					found++
					break
				}
			}
		}
		percent := 100 * float64(found) / runs
		t.Logf("%s: %.0f %% found within %d reports", test.does, percent, test.n)
		if percent < test.bound {
			t.Errorf("%s: %.0f %% found within %d reports, want %v %%", test.does, percent, test.n, test.bound)
		}
	}
}

func BenchmarkJudge(b *testing.B) {
	random := rand.New(rand.NewPCG(1, 1))
	for name, slope := range map[string]float64{"leak": 5, "noise": 0} {
		points := series(DefaultCapacity, func(i int) float64 { return 100 + slope*float64(i) + random.NormFloat64() }, 1, nil)
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				Judge(points, Rules{})
			}
		})
	}
}

func BenchmarkSeriesAdd(b *testing.B) {
	s := NewSeries(0)
	at := start
	b.ReportAllocs()
	for b.Loop() {
		at = at.Add(time.Second)
		s.Add(Point{Time: at})
	}
}
