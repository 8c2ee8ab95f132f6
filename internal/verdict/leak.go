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
)

// needed is the growth that is accused after so long, which what only fills is
// unlikely to reach: while it fills it cannot be told from a leak. With the
// defaults:
//
//   - never before a minute;
//   - 64 MiB in the second minute: fast, or a large cache;
//   - 32 MiB in two to four minutes, 8 MiB a minute or more;
//   - 64 MiB until the fifteenth minute: slower, as streams, logs and caches fill;
//   - then ever less, 16 MiB after an hour: bytes times time decide.
func (r Rules) needed(span time.Duration) float64 {
	switch {
	case span < r.Patience:
		return math.Inf(1)
	case span < 2*r.Patience:
		return 2 * r.Accused
	case span <= 4*r.Patience:
		return r.Accused
	case span <= 15*r.Patience:
		return 2 * r.Accused
	}
	return max(r.MinGrowth, 2*r.Accused*15*r.Patience.Seconds()/span.Seconds())
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
// before it, and the robust standard deviation of that around a line.
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
