package verdict

import (
	"fmt"
	"math"
	"slices"
	"time"

	"github.com/otelmem/otelmem-go/internal/stats"
	"github.com/otelmem/otelmem-go/internal/textfmt"
)

// Judge says what the points of one operation, in the order of time, show. A few
// hundred points are much: the cost is in the order of n² log n
// (BenchmarkJudge).
func Judge(points []Point, rules Rules) Result {
	rules = rules.withDefaults()
	if len(points) < 2 {
		r := Result{Verdict: NotEnoughData, P: 1, Points: len(points)}
		if len(points) == 1 {
			r.Live = points[0].Live
		}
		r.Reason = enough(len(points), rules)
		return r
	}
	all := columns(points).from(0)
	live := stats.Median(all.values[max(0, len(points)-3):])
	if len(points) < rules.MinPoints {
		r := all.result(NotEnoughData, live)
		r.Reason = enough(len(points), rules)
		return r
	}
	if s := growing(all, rules); s != nil {
		r := s.result(Growing, live)
		r.Reason = fmt.Sprintf("grows by %s a minute, by %s in %s (p = %.2g)",
			bytes(r.Slope*60), bytes(r.Slope*s.seconds()), r.Span.Round(time.Second), r.P)
		return r
	}
	if rate := allocation(points); rate >= churnRate && all.level() <= churnSeconds*rate {
		r := all.result(Churn, live)
		r.Reason = fmt.Sprintf("allocates %s a second and holds %s", bytes(rate), bytes(all.level()))
		return r
	}
	if rise, since := ended(all, rules); since != nil {
		r := since.result(Plateau, live)
		r.Reason = fmt.Sprintf("rose by %s, then stayed at %s for %s", bytes(rise), bytes(all.level()), r.Span.Round(time.Second))
		return r
	}
	r := all.result(Stable, live)
	switch change := all.line.Slope * all.seconds(); {
	case all.trend.P < rules.Alpha && change < -rules.MinGrowth:
		r.Reason = fmt.Sprintf("falls by %s a minute", bytes(-r.Slope*60))
	case all.trend.P < rules.Alpha && change > rules.MinGrowth:
		r.Reason = fmt.Sprintf("rose by %s, not steadily or not beyond its sampling error of %s", bytes(change), bytes(all.noise()))
	default:
		r.Reason = fmt.Sprintf("holds %s, without a trend (p = %.2g)", bytes(all.level()), r.P)
	}
	return r
}

func enough(n int, rules Rules) string {
	return fmt.Sprintf("%d of %d reports that a garbage collection lies between", n, rules.MinPoints)
}

// growing returns the longest stretch up to now that grows: all points, the last
// half or the last quarter of them; nil if none does.
func growing(all *stretch, rules Rules) *stretch {
	n := len(all.points)
	for _, size := range [...]int{n, n / 2, n / 4} {
		if size < rules.MinPoints {
			break
		}
		s := all
		if size < n {
			s = all.from(n - size)
		}
		// The end of a cache's filling is a rise too, but a slow one.
		if s.line.Slope >= slowed*all.line.Slope && s.grows(rules) && s.above(all.values[:n-size]) {
			return s
		}
	}
	return nil
}

func (s *stretch) grows(rules Rules) bool {
	if s.trend.S <= 0 || s.trend.P >= rules.Alpha {
		return false
	}
	growth := s.line.Slope * s.seconds()
	return growth >= max(rules.MinGrowth, errorsOfGrowth*s.noise()) && s.steady() && s.goesOn()
}

// goesOn says whether the newer half rises as well, and not much slower.
func (s *stretch) goesOn() bool {
	newer := s.from(s.middle())
	if newer.trend.S <= 0 || newer.line.Slope < slowed*s.line.Slope {
		return false
	}
	// Fewer than four points cannot pass any test.
	return len(newer.points) < 4 || newer.trend.P < 0.1 // one-sided 5 %
}

// above says whether the stretch ends above nearly all that was before it.
func (s *stretch) above(before []float64) bool {
	if len(before) == 0 {
		return true
	}
	sorted := slices.Clone(before)
	slices.Sort(sorted)
	return s.level() > sorted[len(sorted)*9/10]
}

// ended returns how much the operation rose and the stretch since it stopped to;
// nil if it did not rise by much, or has not stopped.
func ended(all *stretch, rules Rules) (rise float64, since *stretch) {
	newer := all.from(all.middle())
	rise = newer.level() - slices.Min(all.values[:len(all.values)-len(newer.values)])
	least := max(rules.MinGrowth, errorsOfGrowth*all.noise(), 5*newer.scatter(), newer.level()/5)
	// Slopes of few points are uncertain: compare with the rise, too.
	if rise < least || newer.line.Slope*newer.seconds() > slowed*rise {
		return 0, nil
	}
	return rise, newer
}

// scatter is a robust standard deviation around the line.
func (s *stretch) scatter() float64 {
	around := make([]float64, len(s.values))
	for i := range around {
		around[i] = s.values[i] - s.line.Slope*s.times[i]
	}
	center := stats.Median(around)
	for i := range around {
		around[i] = math.Abs(around[i] - center)
	}
	return 1.4826 * stats.Median(around)
}

// allocation is the bytes allocated a second.
func allocation(points []Point) float64 {
	first, last := points[0], points[len(points)-1]
	return (last.Allocated - first.Allocated) / last.Time.Sub(first.Time).Seconds()
}

func bytes(n float64) string { return textfmt.Size(int64(n)) }
