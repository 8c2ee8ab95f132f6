package dump

import (
	"testing"
	"time"
)

// step is a reading and what should come of it: the threshold's text, "predicted",
// "over" or nothing.
type step struct {
	after time.Duration
	usage int64
	slope float64
	want  string
}

func TestTrigger(t *testing.T) {
	thresholds := []Threshold{{100, "100"}, {200, "200"}, {300, "300"}}
	for name, test := range map[string]struct {
		limit int64
		steps []step
	}{
		"one dump a crossing": {0, []step{
			{0, 50, 0, ""}, {time.Second, 100, 0, "100"}, {time.Second, 150, 0, ""}, {time.Hour, 199, 0, ""},
		}},
		"a higher threshold at once": {0, []step{
			{0, 110, 0, "100"}, {time.Second, 210, 0, "200"}, {time.Second, 310, 0, "300"},
		}},
		"several thresholds at once are one dump": {0, []step{
			{0, 350, 0, "300"}, {time.Hour, 350, 0, ""}, {time.Hour, 250, 0, ""},
		}},
		"rearms ten percent below": {0, []step{
			{0, 100, 0, "100"}, {time.Hour, 95, 0, ""}, {time.Second, 100, 0, ""},
			{time.Hour, 89, 0, "over"}, {time.Second, 100, 0, "100"},
		}},
		"armed again just below ninety percent": {0, []step{
			{0, 300, 0, "300"}, {time.Hour, 270, 0, ""}, {time.Second, 300, 0, ""},
			{time.Hour, 269, 0, ""}, {time.Second, 300, 0, "300"},
		}},
		"a minute, to the nanosecond": {0, []step{
			{0, 100, 0, "100"}, {time.Second, 80, 0, "over"}, {59*time.Second - 1, 100, 0, ""}, {1, 100, 0, "100"},
		}},
		"a minute between a dump and a prediction": {1000, []step{
			{0, 350, 10, "300"}, {time.Minute - 1, 400, 1000, ""}, {1, 400, 1000, "predicted"},
		}},
		"a prediction stands for the thresholds below": {1000, []step{
			{0, 60, 500, "predicted"}, {time.Second, 89, 500, ""}, {time.Second, 100, 0, "100"},
		}},
		"a prediction while the limit is near is not repeated": {1000, []step{
			{0, 50, 500, "predicted"}, {time.Hour, 50, 300, ""}, {time.Hour, 60, 500, ""},
		}},
		"a minute between dumps of one threshold": {0, []step{
			{0, 100, 0, "100"}, {time.Second, 80, 0, "over"}, {time.Second, 100, 0, ""}, {time.Minute, 100, 0, "100"},
		}},
		"a lower threshold waits for its minute": {0, []step{
			{0, 210, 0, "200"}, {time.Second, 85, 0, "over"}, {time.Second, 100, 0, ""}, {time.Minute, 100, 0, "100"},
		}},
		"a threshold that fell meanwhile is not dumped": {0, []step{
			{0, 210, 0, "200"}, {time.Second, 85, 0, "over"}, {time.Second, 100, 0, ""}, {time.Minute, 95, 0, ""},
		}},
		"within an episode the minute holds": {0, []step{
			{0, 110, 0, "100"}, {time.Second, 210, 0, "200"}, {time.Second, 150, 0, ""},
			{time.Second, 210, 0, ""}, {time.Minute, 210, 0, "200"},
		}},
		"prediction, once": {1000, []step{
			{0, 50, 1, ""}, {time.Second, 60, 500, "predicted"}, {time.Hour, 70, 500, ""},
		}},
		"no prediction without a limit": {0, []step{{0, 50, 1e9, ""}}},
		"no prediction right after a dump": {1000, []step{
			{0, 350, 10, "300"}, {time.Second, 400, 1000, ""}, {time.Minute, 400, 1000, "predicted"},
		}},
		"after a prediction, what is higher": {1000, []step{
			{0, 310, 0, "300"}, {time.Hour, 50, 0, "over"}, {time.Hour, 60, 500, "predicted"},
			{time.Second, 90, 500, ""}, {time.Second, 110, 0, "100"},
		}},
		"prediction ends with the episode": {1000, []step{
			{0, 60, 500, "predicted"}, {time.Hour, 60, 0, "over"}, {time.Second, 60, 500, "predicted"},
		}},
	} {
		t.Run(name, func(t *testing.T) {
			trigger := newTrigger(thresholds, test.limit)
			now := time.Unix(1_700_000_000, 0)
			for i, s := range test.steps {
				now = now.Add(s.after)
				d := trigger.decide(reading{now: now, usage: s.usage, slope: s.slope, takes: 2 * time.Second})
				got := ""
				switch {
				case d.predicted:
					got = "predicted"
				case d.dump:
					got = d.threshold.Text
				case d.episodeEnded:
					got = "over"
				}
				if got != s.want {
					t.Errorf("step %d (usage %d): %q, want %q", i, s.usage, got, s.want)
				}
				if d.dump && d.episode.IsZero() {
					t.Errorf("step %d: a dump outside an episode", i)
				}
			}
		})
	}
}
