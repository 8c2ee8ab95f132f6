package main

import (
	"slices"
	"strings"
	"testing"

	"github.com/otelmem/otelmem-go/internal/verdict"
)

func TestRecordingsAreWhole(t *testing.T) {
	recordings, err := load()
	if err != nil {
		t.Fatal(err)
	}
	said, err := before()
	if err != nil {
		t.Fatal(err)
	}
	if len(recordings) != 28 {
		t.Errorf("%d recordings, want 28", len(recordings))
	}
	for _, r := range recordings {
		for _, row := range r.rows {
			if got := len(said[r.name][row.kind.String()+" "+row.name]); got != len(row.points) || got == 0 {
				t.Errorf("%s, %s %s: %d readings, %d recorded judgements", r.name, row.kind, row.name, len(row.points), got)
			}
			if !slices.IsSortedFunc(row.points, func(a, b verdict.Point) int { return a.Time.Compare(b.Time) }) {
				t.Errorf("%s, %s %s: readings are not in the order of time", r.name, row.kind, row.name)
			}
		}
	}
}

// What the judge must reach on the recorded runs; RESULTS.md has all figures.
func TestTheJudgeOnRecordedRuns(t *testing.T) {
	t.Parallel()
	recordings, err := load()
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range recordings {
		isServer := strings.Contains(r.name, "coredns") || strings.Contains(r.name, "nats") || strings.Contains(r.name, "prom")
		for _, k := range []kind{heap, goroutines, outside} {
			o := judge(r, chosen(verdict.Rules{}), k)
			if len(o.blamed) > 0 {
				t.Errorf("%s, %s: accused %q, who do not leak", r.name, k, o.blamed)
			}
			if o.withdrawn {
				t.Errorf("%s, %s: took back an accusation while it leaked", r.name, k)
			}
			if !leaking(r, k) {
				continue
			}
			if !isServer && !o.named[1] {
				t.Errorf("%s, %s: the leak is not named first after 30 s", r.name, k)
			}
			if isServer && o.toAccuse > 4*60 {
				t.Errorf("%s, %s: the leak is accused after %v s, want 240", r.name, k, o.toAccuse)
			}
		}
	}
}

func TestThresholdsAreChosenWithoutTheProgramTheyAreTriedOn(t *testing.T) {
	t.Parallel()
	recordings, err := load()
	if err != nil {
		t.Fatal(err)
	}
	var out strings.Builder
	crossValidate(&out, slices.DeleteFunc(recordings, func(r recording) bool { return r.wrapped }))
	if lines := strings.Count(out.String(), "\n"); lines != 2+11+1 || !strings.Contains(out.String(), "| gojavm | ") {
		t.Errorf("%d lines, want a row for each of 11 programs:\n%s", lines, &out)
	}
}
