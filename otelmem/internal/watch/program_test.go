package watch

import (
	"errors"
	"strings"
	"testing"
	"time"
)

// watched takes in a reading each ten seconds of what uses says.
func watched(t *testing.T, readings int, uses func(i int64) []use) *Program {
	t.Helper()
	p := NewProgram("10.0.0.7:6060", "", nil)
	began := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	for i := range readings {
		at := began.Add(time.Duration(i) * 10 * time.Second)
		if taken := p.Take(&Profiles{Time: at, Heap: heapOf(t, at, uses(int64(i))...), Service: "shop"}); taken.Err != nil {
			t.Fatal(taken.Err)
		}
	}
	return p
}

func leaks(i int64) []use {
	return []use{{"keepOrders", 10 + 8*i, 12 + 9*i}, {"serve", 20, 100 + 50*i}}
}

func churns(i int64) []use { return []use{{"serve", 20 + i%3, 100 + 50*i}} }

func TestALeakIsNamedByFunctionAndLine(t *testing.T) {
	p := watched(t, 25, leaks)
	if answer, why := p.Answer(); answer != Leaks {
		t.Errorf("the answer is %v (%s), want that it leaks", answer, why)
	}
	first := p.Report().Headline.First()
	for _, want := range []string{"keepOrders", "shop.go:60", "A leak is suspected"} {
		if !strings.Contains(first, want) {
			t.Errorf("%q, want %q in it", first, want)
		}
	}
	if p.String() != "shop (10.0.0.7:6060)" {
		t.Errorf("it is called %s", p)
	}
}

func TestTheAnswerOfAProgramThatDoesNotLeak(t *testing.T) {
	for name, test := range map[string]struct {
		program *Program
		want    Answer
		why     string
	}{
		"for long enough":     {watched(t, 25, churns), NothingLeaks, ""},
		"too short":           {watched(t, 3, churns), CannotSay, "watched for 20s"},
		"no reading":          {watched(t, 0, churns), CannotSay, "it was not read"},
		"it stands still":     {watched(t, 10, func(int64) []use { return churns(0) }), CannotSay, "too little garbage"},
		"still, and for long": {watched(t, 40, func(int64) []use { return churns(0) }), NothingLeaks, ""},
	} {
		answer, why := test.program.Answer()
		if answer != test.want || !strings.Contains(why, test.why) {
			t.Errorf("%s: the answer is %v (%q), want %v (%q)", name, answer, why, test.want, test.why)
		}
	}
}

func TestARestartBeginsAnew(t *testing.T) {
	for name, again := range map[string]Profiles{
		"by what was allocated": {PID: 0},
		"by the process":        {PID: 8},
	} {
		p := watched(t, 25, leaks)
		_, last := p.Readings()
		if again.PID != 0 {
			p.pid = 7
		}
		again.Time = last.Add(10 * time.Second)
		again.Heap = heapOf(t, again.Time, leaks(0)...)
		taken := p.Take(&again)
		if !taken.Restarted || !taken.First || p.lives() != 2 {
			t.Errorf("%s: taken as %+v, lives %d; want a restart", name, taken, p.lives())
		}
		if answer, _ := p.Answer(); answer != CannotSay {
			t.Errorf("%s: the answer is %v, want none yet: what was said is of the process before", name, answer)
		}
	}
}

// What fails once leaves what is known as it is, and is told.
func TestAReadingThatFailedIsToldAndWatchingGoesOn(t *testing.T) {
	p := watched(t, 25, leaks)
	_, last := p.Readings()
	broken := map[string]*Profiles{
		"hangs":      {Time: last.Add(10 * time.Second), Err: errors.New("no answer within 30s")},
		"no profile": {Time: last.Add(20 * time.Second), Heap: []byte("<html>")},
		"cut off":    {Time: last.Add(30 * time.Second), Heap: heapOf(t, last, leaks(3)...)[:60]},
	}
	for name, r := range broken {
		if taken := p.Take(r); taken.Err == nil || taken.Restarted {
			t.Errorf("%s: taken as %+v", name, taken)
		}
	}
	if p.Failures() != len(broken) {
		t.Errorf("%d failures, want %d", p.Failures(), len(broken))
	}
	r := p.Report()
	if len(r.Disabled) != 1 || r.Disabled[0].Part != "readings" {
		t.Errorf("parts that are off: %v", r.Disabled)
	}
	if answer, _ := p.Answer(); answer != Leaks {
		t.Errorf("the answer is %v, want that it leaks, as was seen", answer)
	}
	at := last.Add(40 * time.Second)
	if taken := p.Take(&Profiles{Time: at, Heap: heapOf(t, at, leaks(26)...)}); taken.Err != nil || p.Failures() != 0 {
		t.Errorf("the next one: %+v, %d failures", taken, p.Failures())
	}
}
