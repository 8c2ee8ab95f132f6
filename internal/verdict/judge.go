package verdict

import (
	"math"
	"slices"
	"time"

	"github.com/otelmem/otelmem-go/internal/stats"
)

const (
	// goesOn is the part of the older half's growth that the newer half must
	// reach before a rise is accused: caches of random keys fill ever slower.
	goesOn = 0.6
	// explained is the part of a rise, as a power of the rise, that traffic may
	// explain: bytes in flight follow the rate of allocation.
	explained = 0.7
	// keptByNoTraffic is the share of allocated bytes that is not in flight: no
	// request holds half of what a minute of them allocates.
	keptByNoTraffic = 0.5
	// beyond is by how many robust standard deviations of what was before a rise
	// must leave it behind.
	beyond = 3
	// errorsOfGrowth is how many standard errors a growth must exceed.
	errorsOfGrowth = 2
	// freed is the part of an accused growth that must be left; less is an end.
	freed = 0.5
	// churnSeconds is the seconds' worth of allocation that a churning
	// operation may hold, churnRate the least that it allocates (bytes a
	// second).
	churnSeconds = 2
	churnRate    = 1 << 20
)

// history is what a series remembers of its judgements.
type history struct {
	// accused says that a leak is accused: since when it grows and from what
	// level.
	accused bool
	since   time.Time
	level   float64
	// ended is when an accused growth ended; zero if none has. What grew until
	// then is no reason to accuse again.
	ended time.Time
	grew  float64
}

// Judge says what points, in the order of time, show without what was said of them
// before. It costs O(n² log n) (BenchmarkJudge).
func Judge(points []Point, rules Rules) Result {
	r, _ := judge(points, rules, history{})
	return r
}

func judge(points []Point, rules Rules, past history) (Result, history) {
	rules = rules.withDefaults()
	s := newStretches(points)
	first := 0
	for first < len(points)-1 && points[first].Time.Before(past.ended) {
		first++
	}
	if past.accused {
		g, goesOn := s.accused(rules, past)
		if goesOn {
			r := Result{Verdict: Growing, Evidence: s.evidence(s.between(s.at(past.since), len(points)-1), rules)}
			r.Since = past.since
			r.Reason = s.reason(r, rules, past)
			return r, past
		}
		past = history{ended: points[g.to].Time, grew: points[g.to].Live - past.level}
		first = g.to
	}
	g := s.latest(first, endingFact, rules)
	r := Result{Evidence: s.evidence(g, rules)}
	rises := r.Growth > 0 && r.Until.Equal(points[len(points)-1].Time)
	switch {
	case rises && s.leaks(g, r.Evidence, rules):
		r.Verdict = Growing
		past = history{accused: true, since: r.Since, level: points[g.from].Live}
	case rises:
		r.Verdict = Rising
	default:
		r.Verdict = s.still(rules, past)
	}
	r.Reason = s.reason(r, rules, past)
	return r, past
}

// accused says whether an accused growth goes on, be it slower, or where it ended.
func (s *stretches) accused(rules Rules, past history) (g growth, goesOn bool) {
	n := len(s.points)
	from := s.at(past.since)
	g = s.stretch(from, endingAccused)
	if peak := slices.Max(s.values[from:]); s.values[n-1] < past.level+freed*(peak-past.level) {
		g.to = from + slices.Index(s.values[from:], peak)
		return g, false
	}
	return g, g.to == n-1
}

// at is the first reading that is not before a time.
func (s *stretches) at(t time.Time) int {
	i, _ := slices.BinarySearchFunc(s.points, t, func(p Point, t time.Time) int { return p.Time.Compare(t) })
	return min(i, len(s.points)-1)
}

// leaks says whether the stretch that rises now is that of a leak, as far as one
// can know: steady, long, large, not slowing, beyond what was before, and no
// traffic's.
func (s *stretches) leaks(g growth, e Evidence, rules Rules) bool {
	span := e.Until.Sub(e.Since)
	level := s.around(g.from, g)
	high, deviation := s.before(g.from)
	rise := e.Slope*span.Seconds() - max(0, high-level)
	noise := math.Hypot(s.points[g.from].Error, s.points[g.to].Error)
	return e.P <= rules.Alpha && rise >= max(rules.needed(span), errorsOfGrowth*noise, beyond*deviation) && s.goesOn(g) && !s.followsTraffic(g, e)
}

// before is what a rise from a reading on must leave behind, nearly all that was
// before it, and the robust standard deviation of that around
// a line.
func (s *stretches) before(from int) (high, deviation float64) {
	if from < 3 {
		return 0, 0
	}
	values := slices.Clone(s.values[:from])
	third := from / 3
	slope := (stats.Median(values[from-third:]) - stats.Median(values[:third])) / (s.times[from-1-third/2] - s.times[third/2])
	around := make([]float64, from)
	for i, v := range values {
		around[i] = v - slope*s.times[i]
	}
	center := stats.Median(around)
	for i := range around {
		around[i] = math.Abs(around[i] - center)
	}
	slices.Sort(values)
	return values[from*9/10], 1.4826 * stats.Median(around)
}

// middle is the reading nearest to the middle of a stretch, by time.
func (s *stretches) middle(g growth) int {
	half := (s.times[g.from] + s.times[g.to]) / 2
	for i := g.from; i < g.to; i++ {
		if s.times[i+1] > half {
			if s.times[i+1]-half < half-s.times[i] {
				return i + 1
			}
			return i
		}
	}
	return g.to
}

// goesOn says whether the newer half of a stretch grows about as fast as the older.
func (s *stretches) goesOn(g growth) bool {
	m := s.middle(g)
	rate := func(from, to int) float64 {
		return (s.around(to, g) - s.around(from, g)) / (s.times[to] - s.times[from])
	}
	return g.from < m && m < g.to && rate(m, g.to) >= goesOn*rate(g.from, m)
}

// followsTraffic says whether bytes rise as the rate of allocation does.
func (s *stretches) followsTraffic(g growth, e Evidence) bool {
	if !(e.Kept < keptByNoTraffic) {
		return false
	}
	m := s.middle(g)
	level := func(from, to int) float64 { return stats.Median(s.values[from : to+1]) }
	rate := func(from, to int) float64 {
		return (s.points[to].Allocated - s.points[from].Allocated) / (s.times[to] - s.times[from])
	}
	rise := math.Log(level(m, g.to) / level(g.from, m))
	return math.Log(rate(m, g.to)/rate(g.from, m)) >= explained*rise
}

// still is the verdict on what does not rise now.
func (s *stretches) still(rules Rules, past history) Verdict {
	if !past.ended.IsZero() {
		return Plateau
	}
	if len(s.points) < rules.MinPoints {
		return NotEnoughData
	}
	if rate := s.allocation(); rate >= churnRate && s.level() <= churnSeconds*rate {
		return Churn
	}
	if s.reached(rules) > 0 {
		return Plateau
	}
	return Stable
}

// reached is the first reading of a plateau: when the level was reached that the
// newer half stands at, after a rise that counts; 0 if there was none.
func (s *stretches) reached(rules Rules) int {
	n := len(s.values)
	m := s.middle(growth{to: n - 1})
	newer := s.values[m:]
	level := stats.Median(newer)
	around := make([]float64, len(newer))
	for i, v := range newer {
		around[i] = math.Abs(v - level)
	}
	rise := level - slices.Min(s.values[:m+1])
	noise := math.Hypot(s.points[0].Error, s.points[n-1].Error)
	if rise < max(rules.MinGrowth, errorsOfGrowth*noise, level/5, 5*1.4826*stats.Median(around)) {
		return 0
	}
	return slices.IndexFunc(s.values, func(v float64) bool { return v >= level-rise/10 })
}

// level is the median of the last three readings.
func (s *stretches) level() float64 { return stats.Median(s.values[max(0, len(s.values)-3):]) }

// allocation is the bytes allocated a second.
func (s *stretches) allocation() float64 {
	first, last := s.points[0], s.points[len(s.points)-1]
	return (last.Allocated - first.Allocated) / last.Time.Sub(first.Time).Seconds()
}
