package attribution

import (
	"testing"
	"time"

	"github.com/otelmem/otelmem-go/internal/learn"
	"github.com/otelmem/otelmem-go/otelmem/report"
)

// What is learned moves bytes to an operation, and what turns out to be wrong moves them
// away: only the series of those operations start anew.
func TestSeriesStartAnewWhereAFunctionChangesItsOperation(t *testing.T) {
	tracker := newTracker()
	for _, name := range []string{"sync", "mail"} {
		tracker.followed[key{name: name}] = &followed{name: name, series: newSeries()}
	}
	at := time.Unix(0, 0)
	points := func() (sync, mail int) {
		for _, f := range tracker.followed {
			at = at.Add(time.Second)
			f.add(usageOf(mib), report.ByTag, at, 0)
		}
		return len(tracker.followed[key{name: "sync"}].series.Points()), len(tracker.followed[key{name: "mail"}].series.Points())
	}
	ends := func(operation string, chain ...string) {
		for range 100 {
			tracker.learner.Add(learn.Span{StartName: operation, Operation: operation, Chain: chain, Sampled: true, Whole: true})
		}
	}
	check := func(when string, wantSync, wantMail int) {
		t.Helper()
		tracker.relearn()
		if sync, mail := points(); sync != wantSync || mail != wantMail {
			t.Errorf("%s: %d and %d points, want %d and %d", when, sync, mail, wantSync, wantMail)
		}
	}
	check("at first", 1, 1)
	check("nothing is learned", 2, 2)
	ends("sync", "main.run")
	check("a function is sync's", 1, 3)
	check("it is still", 2, 4)
	ends("mail", "main.run")
	check("mail runs it too", 1, 5)
}
