package watch

import (
	"bytes"
	"fmt"
	"path/filepath"
	"runtime/pprof"
	"strings"
	"testing"
	"time"
)

func TestFilesAreReadInTheOrderOfTheirOwnTime(t *testing.T) {
	dir := t.TempDir()
	began := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	const n = 25
	for i := range n {
		at := began.Add(time.Duration(i) * 10 * time.Second)
		write(t, dir, fmt.Sprintf("%02d.pb.gz", n-i), heapOf(t, at, leaks(int64(i))...)) // names run backwards
	}
	write(t, dir, "notes.pb.gz", []byte("no profile"))
	var cpu bytes.Buffer
	if err := pprof.StartCPUProfile(&cpu); err != nil {
		t.Skip(err)
	}
	pprof.StopCPUProfile()
	write(t, dir, "cpu.pb.gz", cpu.Bytes())

	files, skipped, err := FindFiles(filepath.Join(dir, "*.pb.gz"))
	if err != nil || len(files) != n || len(skipped) != 2 {
		t.Fatalf("%d files, %d left out, %v", len(files), len(skipped), err)
	}
	p := NewProgram("night", "", nil)
	EachReading(files, func(r *Profiles) {
		if taken := p.Take(r); taken.Err != nil || taken.Restarted {
			t.Errorf("taken as %+v", taken)
		}
	})
	if answer, why := p.Answer(); answer != Leaks {
		t.Errorf("the answer is %v (%s), want that it leaks", answer, why)
	}
	if first := p.Report().Headline.First(); !strings.Contains(first, "keepOrders") || !strings.Contains(first, "shop.go:60") {
		t.Errorf("%q, want the line", first)
	}
}

func TestPatternsThatFindNothingSaySo(t *testing.T) {
	dir := t.TempDir()
	write(t, dir, "a.txt", []byte("hello"))
	for pattern, want := range map[string]string{
		"[":     "want a path in which * stands",
		"*.pb":  "no file matches",
		"a.txt": "none of 1 files is a heap profile",
	} {
		if _, _, err := FindFiles(filepath.Join(dir, pattern)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %q", pattern, err, want)
		}
	}
}
