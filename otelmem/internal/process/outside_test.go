package process

import (
	"math"
	"testing"
	"time"

	"github.com/otelmem/otelmem-go/internal/memstat"
	"github.com/otelmem/otelmem-go/internal/verdict"
)

func TestMemoryOutsideGoIsSuspectedFromThenOnAndUntilItEnds(t *testing.T) {
	var o Outside
	at := time.Date(2026, 11, 23, 0, 0, 0, 0, time.UTC)
	external := 10 * mb
	// read takes readings, a quarter of a minute apart, until the suspicion changes, an
	// hour at most.
	read := func(each int64) (since time.Time) {
		_, before := o.Result()
		for range 240 {
			at, external = at.Add(15*time.Second), external+each
			o.Add(memstat.Snapshot{Time: at, External: external, Live: 7 * mb})
			if _, since = o.Result(); since != before {
				break
			}
		}
		return since
	}
	since := read(4 * mb)
	if !since.Equal(at) {
		t.Fatalf("suspected since %v at %v, want from the reading on that shows it", since, at)
	}
	for range 10 {
		at, external = at.Add(15*time.Second), external+4*mb
		o.Add(memstat.Snapshot{Time: at, External: external})
	}
	if result, still := o.Result(); !still.Equal(since) || result.Verdict != verdict.Growing || math.Round(result.Slope) != math.Round(float64(4*mb)/15) {
		t.Errorf("suspected since %v, %+v, want since %v", still, result, since)
	}
	if since = read(0); !since.IsZero() {
		t.Errorf("suspected since %v, an hour after the growth ended", since)
	}
}
