package otelmem

import (
	"testing"
	"time"

	"github.com/otelmem/otelmem-go/internal/memstat"
)

func TestReadingsComeSoonWhereVerdictsWaitForThem(t *testing.T) {
	for _, test := range []struct {
		does       string
		ran        time.Duration
		grows      bool
		left, took time.Duration
		interval   time.Duration
		want       time.Duration
	}{
		{"just started", time.Second, false, 0, time.Millisecond, time.Minute, 5 * time.Second},
		{"is quiet", time.Hour, false, 0, time.Millisecond, time.Minute, time.Minute},
		{"grows", time.Hour, true, 0, time.Millisecond, time.Minute, 5 * time.Second},
		{"nears its limit", time.Hour, false, time.Minute, time.Millisecond, time.Minute, 5 * time.Second},
		{"will reach its limit some day", time.Hour, false, 10 * time.Hour, time.Millisecond, time.Minute, time.Minute},
		{"grows and is expensive to read", time.Hour, true, 0, 20 * time.Millisecond, time.Minute, 20 * time.Second},
		{"is so expensive that the interval is the bound", time.Hour, true, 0, time.Second, time.Minute, time.Minute},
		{"was told to report more often", time.Hour, false, 0, time.Millisecond, 2 * time.Second, 2 * time.Second},
	} {
		if got := nextReading(test.ran, test.grows, test.left, test.took, test.interval); got != test.want {
			t.Errorf("a process that %s is read after %v, want %v", test.does, got, test.want)
		}
	}
}

func TestReadingsComeSoonWhereTheProcessNearsItsLimit(t *testing.T) {
	d := newDiagnostics(t)
	d.began = time.Now().Add(-time.Hour)
	now := d.reader.Fresh()
	for range 20 {
		now.Time = now.Time.Add(10 * time.Second)
		now.RSS, now.External = now.RSS+10<<20, now.External+10<<20 // a MiB a second
		d.forecast.Add(now)
	}
	rss := d.reader.Fresh().RSS
	for room, want := range map[int64]time.Duration{128 << 20: readSoon, 64 << 30: time.Minute} {
		d.readLimit = func(memstat.Snapshot) (memstat.Limit, error) {
			return memstat.Limit{Bytes: rss + room, Source: memstat.SourceCgroup}, nil
		}
		if got := d.nextReading(); got != want {
			t.Errorf("with %d MiB below the limit the next reading is in %v, want %v", room>>20, got, want)
		}
	}
}
