package verdict

import (
	"slices"
	"time"
)

// freed is the part of an accused growth that must be left; less is an end.
const freed = 0.5

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
	last := len(points) - 1
	first := 0
	for first < last && points[first].Time.Before(past.ended) {
		first++
	}
	if past.accused {
		from := s.at(past.since)
		end := s.end(from, past.level)
		if end == last {
			r := Result{Verdict: Growing, Evidence: s.evidence(s.between(from, last))}
			r.Since = past.since // That reading may have been thinned out.
			r.Reason = s.reason(r, rules, past)
			return r, past
		}
		past = history{ended: points[end].Time, grew: points[end].Live - past.level}
		first = end
	}
	g := s.latest(first, rules)
	r := Result{Evidence: s.evidence(g)}
	rises := r.Growth > 0 && g.to == last
	switch {
	case rises && s.leaks(g, r.Evidence, rules):
		r.Verdict = Growing
		past = history{accused: true, since: r.Since, level: points[g.from].Live}
	case rises:
		r.Verdict = Rising
	default:
		r.Verdict = s.still(rules, past)
	}
	r.Ended = past.ended
	r.Reason = s.reason(r, rules, past)
	return r, past
}

// end is the reading at which an accused growth from a reading and a level on has
// ended; the last reading if it goes on, be it slower.
func (s *stretches) end(from int, level float64) int {
	peak := slices.Max(s.values[from:])
	if s.level() < level+freed*(peak-level) {
		return from + slices.Index(s.values[from:], peak)
	}
	return s.pause(from)
}

// at is the first reading that is not before a time.
func (s *stretches) at(t time.Time) int {
	i, _ := slices.BinarySearchFunc(s.points, t, func(p Point, t time.Time) int { return p.Time.Compare(t) })
	return min(i, len(s.points)-1)
}
