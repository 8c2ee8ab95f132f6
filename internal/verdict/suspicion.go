package verdict

import "time"

// Suspicion is whether a series is suspected to be a leak's. The zero value is: not.
type Suspicion struct {
	Since time.Time // when it was first suspected; zero unless it is
}

// Follow takes in a judgement. It says whether the suspicion begins or ends with it.
func (s *Suspicion) Follow(v Verdict, now time.Time) (began, ended bool) {
	grows, suspected := v == Growing, !s.Since.IsZero()
	switch {
	case grows && !suspected:
		s.Since = now
	case !grows && suspected:
		s.Since = time.Time{}
	}
	return grows && !suspected, !grows && suspected
}
