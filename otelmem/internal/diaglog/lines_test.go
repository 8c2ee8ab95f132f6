package diaglog

import (
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/otelmem/otelmem-go/dump"
	"github.com/otelmem/otelmem-go/internal/memstat"
	"github.com/otelmem/otelmem-go/internal/textfmt"
)

// written is what a log writes, without the time of each line.
func written(write func(*Log)) string {
	var out strings.Builder
	write(New(slog.New(&LineHandler{W: &out}), ""))
	var lines []string
	for line := range strings.Lines(out.String()) {
		_, text, _ := strings.Cut(line, "] ")
		lines = append(lines, text)
	}
	return strings.Join(lines, "")
}

func TestPeriodicLine(t *testing.T) {
	before := memstat.Snapshot{Time: time.Unix(0, 0), RSS: 100 << 20, HeapObjects: 50 << 20}
	grown := memstat.Snapshot{Time: time.Unix(30, 0), RSS: 110 << 20, HeapObjects: 45 << 20, External: 5 << 20}
	want := "[PERIODIC] Memory: RSS: 110MB, Heap: 45MB, External: 5.0MB; growth: RSS +20.0MB/min, Heap -10.0MB/min, External +10.0MB/min\n"
	if got := written(func(l *Log) { l.Periodic(before, grown) }); got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
	shrunk := memstat.Snapshot{Time: time.Unix(30, 0), RSS: 90 << 20, HeapObjects: 40 << 20}
	if got := written(func(l *Log) { l.Periodic(before, shrunk) }); got != "" {
		t.Errorf("nothing grew, and the line is %q", got)
	}
}

func TestInitLine(t *testing.T) {
	s := memstat.Snapshot{RSS: 250 << 20, HeapObjects: 150 << 20, External: 30 << 20}
	want := "[INIT] Baseline memory: RSS: 250MB, Heap: 150MB, External: 30MB; limit 1.0GB (cgroup); heap profiles at 50%, 65%\n"
	got := written(func(l *Log) {
		l.Init(s, memstat.Limit{Bytes: textfmt.GiB, Source: memstat.SourceCgroup}, []dump.Threshold{{Text: "50%"}, {Text: "65%"}})
	})
	if got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}
