package watch

import (
	"context"
	"time"
)

// Event is a reading, and what became of it.
type Event struct {
	Program  *Program
	Profiles *Profiles
	Taken    Taken
	// Next is when the next reading is due; zero where there is none.
	Next time.Time
}

// Follow takes readings of a target until ctx is done or until has come; zero for never.
// The last one is then, if politeness allows. heard is called with each, one at a time.
func Follow(ctx context.Context, t *Target, p *Program, every time.Duration, until time.Time, heard func(*Event)) {
	timer := time.NewTimer(0)
	defer timer.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-timer.C:
		}
		profiles := t.Read(ctx)
		if ctx.Err() != nil {
			return // what was interrupted says nothing
		}
		e := &Event{Program: p, Profiles: &profiles, Taken: p.Take(&profiles)}
		wait, more := next(every, profiles.Took, p.Failures(), until, time.Now())
		if more {
			e.Next = time.Now().Add(wait)
		}
		heard(e)
		if !more {
			return
		}
		timer.Reset(wait)
	}
}

// next says how long to wait for the next reading, and whether there is one. A target is
// watched to the end, though the last reading may be before it. It is a pure function.
func next(every, took time.Duration, failures int, until, now time.Time) (wait time.Duration, more bool) {
	wait = Wait(every, took, failures)
	if until.IsZero() {
		return wait, true
	}
	left := until.Sub(now)
	if left <= 0 {
		return 0, false
	}
	if wait <= left {
		return wait, true
	}
	// A last reading at the end, where it is not too soon after this one.
	return left, failures > 0 || Wait(0, took, 0) <= left
}
