package verdict

import (
	"fmt"
	"slices"
	"time"
)

// reason says a verdict in one sentence, of facts only.
func (s *stretches) reason(r Result, rules Rules, past history) string {
	amount := rules.Format
	switch r.Verdict {
	case NotEnoughData:
		return fmt.Sprintf("holds %s, %d of %d readings that a garbage collection lies between", amount(r.Live), r.Points, rules.MinPoints)
	case Growing:
		return fmt.Sprintf("grows by %s a minute, %s", amount(60*r.Slope), r.Rose(amount))
	case Rising:
		return fmt.Sprintf("rises by %s a minute, %s", amount(60*r.Slope), r.Rose(amount))
	case Plateau:
		if s.tellsEnd(past) {
			return fmt.Sprintf("no longer grows since %s, after %s: holds %s", past.ended.Format(time.TimeOnly), amount(past.grew), amount(r.Live))
		}
		i := s.reached(rules)
		low := slices.Min(s.values[:i])
		return fmt.Sprintf("rose by %s in %s, then stood at %s for %s", amount(s.values[i]-low), round(seconds(s.times[i])),
			amount(r.Live), round(r.Span-seconds(s.times[i])))
	case Churn:
		return fmt.Sprintf("allocates %s a second and holds %s", amount(s.allocation()), amount(s.level()))
	}
	return fmt.Sprintf("holds %s, between %s and %s in %s", amount(r.Live), amount(slices.Min(s.values)), amount(slices.Max(s.values)), round(r.Span))
}

// Rose says the growth in words: "has kept 75MB of the 78MB that it allocated in
// 28s".
func (e Evidence) Rose(amount func(float64) string) string {
	span := round(e.Until.Sub(e.Since))
	if e.Kept >= 0 {
		return fmt.Sprintf("has kept %s of the %s that it allocated in %s", amount(e.Growth), amount(max(e.Allocated, e.Growth)), span)
	}
	return fmt.Sprintf("rose by %s in %s", amount(e.Growth), span)
}

func round(d time.Duration) time.Duration {
	if d > 10*time.Minute {
		return d.Round(time.Minute)
	}
	return d.Round(time.Second)
}
