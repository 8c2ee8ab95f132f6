package dump

import (
	"slices"
	"time"

	"github.com/otelmem/otelmem-go/internal/verdict"
)

const (
	// rearmAt is the part of a threshold below which usage must fall before the
	// threshold can be crossed again.
	rearmAt = 0.9
	// minBetween is the shortest time between two dumps, unless the second is for a
	// higher threshold.
	minBetween = time.Minute
)

// trigger decides when to dump. It reads no clock and does no I/O: its decisions
// depend only on the readings that it was given. It is not safe for concurrent use.
type trigger struct {
	thresholds []Threshold // from low to high
	limit      int64       // bytes; 0 for none

	disarmed      []bool // by threshold: it was crossed, and cannot be crossed again yet
	predicted     bool   // a prediction was made in this episode
	lastDump      time.Time
	lastThreshold int       // index of the highest threshold reached at the last dump; -1 for none
	episode       time.Time // when this episode started; zero outside an episode
}

// reading is the usage at one moment, with what is needed to look ahead.
type reading struct {
	now   time.Time
	usage int64         // bytes that count against the limit
	own   int64         // bytes that the process uses itself, for thresholds that are sizes; 0: usage
	slope float64       // of usage, bytes a second
	takes time.Duration // how long a dump takes, with a margin
}

// of is the usage that is compared with a threshold.
func (r *reading) of(t Threshold) int64 {
	if r.own > 0 && !t.isShare() {
		return r.own
	}
	return r.usage
}

// decision is what to do after a reading.
type decision struct {
	dump         bool
	predicted    bool
	threshold    Threshold // the highest that was crossed; the limit if predicted
	episode      time.Time // when this episode started
	episodeEnded bool      // with this reading
}

func newTrigger(thresholds []Threshold, limit int64) *trigger {
	return &trigger{thresholds: thresholds, limit: limit, disarmed: make([]bool, len(thresholds)), lastThreshold: -1}
}

// change sets the thresholds and the limit anew. What is known of a threshold stays
// with its text.
func (t *trigger) change(thresholds []Threshold, limit int64) {
	disarmed, last := make([]bool, len(thresholds)), -1
	for i, threshold := range thresholds {
		was := slices.IndexFunc(t.thresholds, func(old Threshold) bool { return old.Text == threshold.Text })
		if was < 0 {
			continue
		}
		disarmed[i] = t.disarmed[was]
		if was <= t.lastThreshold {
			last = i
		}
	}
	t.thresholds, t.limit, t.disarmed, t.lastThreshold = thresholds, limit, disarmed, last
}

func (t *trigger) decide(r reading) decision {
	left, approaching := verdict.TimeToLimit(float64(r.usage), float64(t.limit), r.slope)
	ended := t.rearm(&r, approaching && left <= 4*r.takes)
	crossed := -1
	for i, threshold := range t.thresholds {
		if r.of(threshold) >= threshold.Bytes && !t.disarmed[i] {
			crossed = i
		}
	}
	recent := !t.lastDump.IsZero() && r.now.Sub(t.lastDump) < minBetween
	// A threshold that is crossed too soon after a dump stays armed: it gets its dump
	// after minBetween, if usage is still that high.
	if crossed >= 0 && (!recent || crossed > t.lastThreshold) {
		for i := range crossed + 1 {
			t.disarmed[i] = true
		}
		t.startEpisode(r.now)
		t.lastDump, t.lastThreshold = r.now, crossed
		return decision{dump: true, threshold: t.thresholds[crossed], episode: t.episode}
	}
	if approaching && r.usage < t.limit && left <= r.takes && !recent && !t.predicted {
		t.predicted = true
		t.startEpisode(r.now)
		t.lastDump, t.lastThreshold = r.now, t.highestReached(&r)
		return decision{dump: true, predicted: true, threshold: Threshold{Bytes: t.limit, Text: "limit"}, episode: t.episode}
	}
	return decision{episodeEnded: ended}
}

// highestReached is the index of the highest threshold that is reached; -1 for none.
func (t *trigger) highestReached(r *reading) int {
	highest := -1
	for i, threshold := range t.thresholds {
		if r.of(threshold) >= threshold.Bytes {
			highest = i
		}
	}
	return highest
}

// rearm arms the thresholds that are far enough above usage, and the prediction
// unless the limit is near. It says whether that ended an episode.
func (t *trigger) rearm(r *reading, limitNear bool) (ended bool) {
	allArmed := true
	for i, threshold := range t.thresholds {
		if float64(r.of(threshold)) < rearmAt*float64(threshold.Bytes) {
			t.disarmed[i] = false
		}
		allArmed = allArmed && !t.disarmed[i]
	}
	t.predicted = t.predicted && limitNear
	if allArmed && !t.predicted && !t.episode.IsZero() {
		t.episode = time.Time{}
		return true
	}
	return false
}

func (t *trigger) startEpisode(now time.Time) {
	if t.episode.IsZero() {
		t.episode = now
	}
}
