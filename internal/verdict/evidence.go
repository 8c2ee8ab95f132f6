package verdict

import (
	"math"
	"time"

	"github.com/otelmem/otelmem-go/internal/stats"
)

// Evidence is what a series shows without any judgement: facts, from the first
// readings on. Live and the figures named for it are bytes, or goroutines in a
// series of their number.
type Evidence struct {
	// Live is the last reading, Error its standard error.
	Live, Error float64
	// Points is the number of readings watched, over Span.
	Points int
	Span   time.Duration

	// Since and Until are the first and the last reading of the latest stretch
	// that rises, Growth is by how much it rose. Until is before the last
	// reading where the rise has ended. All are zero where nothing rose.
	Since, Until time.Time
	Growth       float64
	// Slope is the growth a second by Theil–Sen over that stretch, SlopeLow and
	// SlopeHigh are its 95 % interval.
	Slope, SlopeLow, SlopeHigh float64
	// Steadiness is Slope in its standard errors: how much more than a random
	// walk of such steps the stretch rose. P is the probability of as much
	// without a drift (Student's t, one-sided).
	Steadiness, P float64

	// Allocated is what was allocated between Since and Until, and Kept the share
	// of it that is still live, from 0 to 1. Of a single reading, and where
	// nothing rose, they are of all that was allocated so far. Kept is NaN where
	// allocations are not known.
	Allocated, Kept float64
	// Old is the least that is live and older than half of Span: what lives
	// less all that was allocated since then.
	Old float64
	// Oldest is how old the oldest must be, at least. That of a leak grows
	// with the clock; that of a full cache stands still.
	Oldest time.Duration
	// Age is the mean age of what is freed, by Little's law: live over the rate
	// of allocation (golang/go#55900). 0 where nothing was allocated.
	Age time.Duration
}

// Weigh says what points show, in the order of time.
func Weigh(points []Point, rules Rules) Evidence {
	s := newStretches(points)
	return s.evidence(s.latest(0, rules.withDefaults()))
}

// evidence is all that is known, with g for the stretch that rises, if any.
func (s *stretches) evidence(g growth) Evidence {
	n := len(s.points)
	if n == 0 {
		return Evidence{P: 1, Kept: math.NaN()}
	}
	last := s.points[n-1]
	e := Evidence{
		Live: last.Live, Error: last.Error, P: 1,
		Points: n, Span: last.Time.Sub(s.points[0].Time),
		Allocated: last.Allocated, Kept: share(last.Live, last.Allocated),
	}
	if n < 2 {
		return e
	}
	if last.Allocated > 0 {
		e.Old, e.Oldest = s.old()
	}
	if rate := (last.Allocated - s.points[0].Allocated) / e.Span.Seconds(); rate > 0 {
		e.Age = seconds(last.Live / rate)
	}
	if g.rise <= 0 {
		return e
	}
	first, end := s.points[g.from], s.points[g.to]
	line := stats.TheilSen(s.times[g.from:g.to+1], s.values[g.from:g.to+1])
	e.Since, e.Until = first.Time, end.Time
	e.Growth = g.rise
	e.Slope, e.SlopeLow, e.SlopeHigh = line.Slope, line.Low, line.High
	e.Steadiness, e.P = g.t, g.p()
	e.Allocated = end.Allocated - first.Allocated
	e.Kept = share(e.Growth, e.Allocated)
	return e
}

func share(part, whole float64) float64 {
	if whole <= 0 {
		return math.NaN()
	}
	return min(1, max(0, part/whole))
}

// old is the least that is older than half of the time watched, and how old the
// oldest must be.
func (s *stretches) old() (bytes float64, oldest time.Duration) {
	last := s.points[len(s.points)-1]
	half := s.times[len(s.times)-1] / 2
	for i, p := range s.points {
		// What was allocated since p cannot be more than all of it.
		older := last.Live - (last.Allocated - p.Allocated)
		if oldest == 0 && older > last.Error {
			oldest = last.Time.Sub(p.Time)
		}
		if s.times[i] <= half {
			bytes = max(0, older)
		}
	}
	return bytes, oldest
}

func seconds(s float64) time.Duration {
	const longest = float64(1<<63 - 1)
	return time.Duration(min(longest, s*float64(time.Second)))
}
