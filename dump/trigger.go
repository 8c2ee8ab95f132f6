package dump

import (
	"time"

	"github.com/otelmem/otelmem-go/internal/verdict"
)

const (
	// rearmAt is the part of a rung below which it can be crossed again.
	rearmAt = 0.9
	// minBetween is the least time between two dumps at the same height.
	minBetween = time.Minute
)

// trigger decides when to dump. It is a pure function of what it was told: it
// reads no clock and does no I/O. It is not safe for concurrent use.
type trigger struct {
	rungs []Threshold // from low to high
	limit int64       // bytes; 0 for none

	disarmed  []bool // by rung
	foreseen  bool   // a prediction was made in this episode
	lastDump  time.Time
	lastRung  int       // of the last dump
	episodeAt time.Time // when the first rung was crossed; zero outside
}

// reading is what the trigger is told.
type reading struct {
	now   time.Time
	usage int64         // bytes
	slope float64       // bytes a second
	takes time.Duration // how long a dump takes, with margin
}

// decision is what to do about a reading.
type decision struct {
	dump      bool
	predicted bool
	rung      Threshold // the highest that was crossed; the limit, if predicted
	episode   time.Time // when this episode began
	over      bool      // the episode ended with this reading
}

func newTrigger(rungs []Threshold, limit int64) *trigger {
	return &trigger{rungs: rungs, limit: limit, disarmed: make([]bool, len(rungs)), lastRung: -1}
}

func (t *trigger) decide(r reading) decision {
	left, near := verdict.TimeToLimit(float64(r.usage), float64(t.limit), r.slope)
	over := t.rearm(r.usage, near && left <= 4*r.takes)
	crossed := -1
	for i, rung := range t.rungs {
		if r.usage >= rung.Bytes && !t.disarmed[i] {
			crossed = i
		}
	}
	recent := !t.lastDump.IsZero() && r.now.Sub(t.lastDump) < minBetween
	// A rung that comes too soon stays armed: it is dumped when its time comes,
	// if memory is still that high.
	if crossed >= 0 && (!recent || crossed > t.lastRung) {
		for i := range crossed + 1 {
			t.disarmed[i] = true
		}
		t.began(r.now)
		t.lastDump, t.lastRung = r.now, crossed
		return decision{dump: true, rung: t.rungs[crossed], episode: t.episodeAt}
	}
	if near && left <= r.takes && !recent && !t.foreseen {
		t.foreseen = true
		t.began(r.now)
		t.lastDump, t.lastRung = r.now, t.height(r.usage)
		return decision{dump: true, predicted: true, rung: Threshold{Bytes: t.limit, Text: "limit"}, episode: t.episodeAt}
	}
	return decision{over: over}
}

// height is the highest rung at or below usage, -1 below all.
func (t *trigger) height(usage int64) int {
	height := -1
	for i, rung := range t.rungs {
		if usage >= rung.Bytes {
			height = i
		}
	}
	return height
}

// rearm arms what lies far enough above usage, and the prediction unless the
// limit is still near. It says whether that ended an episode.
func (t *trigger) rearm(usage int64, near bool) (over bool) {
	armed := true
	for i, rung := range t.rungs {
		if float64(usage) < rearmAt*float64(rung.Bytes) {
			t.disarmed[i] = false
		}
		armed = armed && !t.disarmed[i]
	}
	t.foreseen = t.foreseen && near
	if armed && !t.foreseen && !t.episodeAt.IsZero() {
		t.episodeAt = time.Time{}
		return true
	}
	return false
}

func (t *trigger) began(now time.Time) {
	if t.episodeAt.IsZero() {
		t.episodeAt = now
	}
}
