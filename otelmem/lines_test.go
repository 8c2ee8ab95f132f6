package otelmem

import (
	"testing"
	"time"

	"github.com/otelmem/otelmem-go/internal/memstat"
	"github.com/otelmem/otelmem-go/internal/textfmt"
)

func TestPeriodicLine(t *testing.T) {
	before := memstat.Snapshot{Time: time.Unix(0, 0), RSS: 100 << 20, HeapObjects: 50 << 20}
	grown := memstat.Snapshot{Time: time.Unix(30, 0), RSS: 110 << 20, HeapObjects: 45 << 20, External: 5 << 20}
	want := "Memory: RSS: 110MB, Heap: 45MB, External: 5.0MB; growth: RSS +20.0MB/min, Heap -10.0MB/min, External +10.0MB/min"
	if got := periodicLine(before, grown); got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
	shrunk := memstat.Snapshot{Time: time.Unix(30, 0), RSS: 90 << 20, HeapObjects: 40 << 20}
	if got := periodicLine(before, shrunk); got != "" {
		t.Errorf("nothing grew, and the line is %q", got)
	}
}

func TestInitLine(t *testing.T) {
	s := memstat.Snapshot{RSS: 250 << 20, HeapObjects: 150 << 20, External: 30 << 20}
	want := "Baseline memory: RSS: 250MB, Heap: 150MB, External: 30MB; limit 1.0GB (cgroup); heap profiles at 50%, 65%"
	if got := initLine(s, memstat.Limit{Bytes: textfmt.GiB, Source: memstat.SourceCgroup}, []string{"50%", "65%"}); got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}
