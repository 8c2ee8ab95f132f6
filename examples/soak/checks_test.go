package main

import (
	"net/http/httptest"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/otelmem/otelmem-go/otelmem/report"
)

// good is the result of a run in which all holds.
func good() *result {
	r := &result{
		half: time.Minute, planted: []string{"a", "b"}, accused: []string{"a", "b"}, evented: []string{"b", "a"},
		requests: 100, spans: 90, outages: 1,
	}
	for at := time.Duration(0); at < 2*time.Minute; at += 10 * time.Second {
		s := sample{at: at, quiet: true, ownHeap: mib, ownSaid: mib, heap: 10 * mib, goroutines: 40, descriptors: 20, files: mostFiles}
		if at == 40*time.Second { // while something leaks
			s.quiet, s.heap, s.goroutines = false, 200*mib, 1000
		}
		r.samples = append(r.samples, s)
	}
	return r
}

// late changes the samples of the second half.
func late(change func(*sample)) func(*result) {
	return func(r *result) {
		for i := range r.samples {
			if r.samples[i].at >= r.half {
				change(&r.samples[i])
			}
		}
	}
}

func TestARunInWhichAllHolds(t *testing.T) {
	if err := failed(good().checks()); err != nil {
		t.Error(err)
	}
}

func TestWhatDoesNotHoldIsNamed(t *testing.T) {
	for want, change := range map[string]func(*result){
		"own live heap, by the heap profile: 1.0MB": late(func(s *sample) { s.ownHeap += ownMayGrow + 1 }),
		"own live heap, as diagnostics say: 1.0MB":  late(func(s *sample) { s.ownSaid += ownMayGrow + 1 }),
		"live heap of the process: 10MB":            late(func(s *sample) { s.heap += heapMayGrow + 1 }),
		"goroutines: 40, then 46":                   late(func(s *sample) { s.goroutines += goroutinesMayGrow + 1 }),
		"descriptors: 20, then 26":                  late(func(s *sample) { s.descriptors += filesMayGrow + 1 }),
		"files: ":                                   late(func(s *sample) { s.files++ }),
		"want samples of both halves":               func(r *result) { r.samples = r.samples[:3] },
		"log: , then 1 of 2, want all, not b":       func(r *result) { r.accused = r.accused[:1] },
		"backend: , then 1 of 2, want all, not a":   func(r *result) { r.evented = r.evented[:1] },
		"accused: , then 1, want none, not c":       func(r *result) { r.accused, r.evented = append(r.accused, "c"), append(r.evented, "c") },
		"off: , then 1, want none, not dumps (why)": func(r *result) { r.disabled = []report.DisabledPart{{Part: "dumps", Reason: "why"}} },
		"requests: ":               func(r *result) { r.requests = 0 },
		"wrong answers: , then 1":  func(r *result) { r.wrong = 1 },
		"outages of the backend: ": func(r *result) { r.outages = 0 },
		"spans at the backend: ":   func(r *result) { r.spans = 0 },
	} {
		r := good()
		change(r)
		if err := failed(r.checks()); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v, want that %q", err, want)
		}
	}
}

func TestTheTableSaysWhatFails(t *testing.T) {
	var text strings.Builder
	r := good()
	r.wrong = 3
	if err := write(&text, r.checks()); err != nil {
		t.Fatal(err)
	}
	if n := strings.Count(text.String(), "FAILS"); n != 1 || !strings.Contains(text.String(), "wrong answers") {
		t.Errorf("%d rows fail:\n%s", n, text.String())
	}
}

func TestAnEpisodeFitsItsTime(t *testing.T) {
	for _, duration := range []time.Duration{shortest, 3 * time.Minute, 30 * time.Minute, 31 * time.Minute} {
		episodes := plan(duration)
		if want := int(duration / shortest); len(episodes) != want {
			t.Errorf("%v has %d episodes, want %d", duration, len(episodes), want)
		}
		for i, e := range episodes {
			if !(e.begin < e.leak && e.leak < e.down && e.down < e.up && e.up < e.leak+time.Minute && e.stop+2*settled < e.end) {
				t.Errorf("episode %d of %v is %+v", i, duration, e)
			}
			if e.quiet(e.leak) || e.quiet(e.stop) || e.quiet(e.begin) || !e.quiet(e.leak-1) || !e.quiet(e.end-1) {
				t.Errorf("episode %d of %v is quiet at the wrong time", i, duration)
			}
		}
		if last := episodes[len(episodes)-1].end.Round(time.Second); last != duration {
			t.Errorf("%v ends at %v", duration, last)
		}
	}
}

// keep is held by the test below.
var keep any

func TestWhatTheServiceAllocatesIsNotDiagnostics(t *testing.T) {
	ownNow := func() int64 {
		runtime.GC() // twice: the heap profile is of the last but one
		runtime.GC()
		return ownHeap()
	}
	before := ownNow()
	l := newHeapLeak(0)
	for range 100 {
		l.keep(l)
	}
	keep = l
	if grew := ownNow() - before; grew > 5*mib {
		t.Errorf("own heap grew by %d bytes while the service kept 25 MiB", grew)
	}
	keep = nil
}

func TestALeakThatLetGoKeepsNothingMore(t *testing.T) {
	for _, l := range []*leak{newHeapLeak(0), newGoroutineLeak(0)} {
		l.letGo()
		l.serve(httptest.NewRecorder(), nil) // TestMain sees a goroutine that stays
		if l.held != nil {
			t.Errorf("%s keeps a request that came late", l.name)
		}
	}
}

func TestEachEpisodeHasLeaksOfItsOwn(t *testing.T) {
	s := &service{}
	for i := range 3 {
		s.leaks = append(s.leaks, newHeapLeak(i), newGoroutineLeak(i))
	}
	s.leaking.Store(none)
	for i := range 3 {
		s.leak(i)
		s.stopLeaking()
		s.stopLeaking() // where none leaks
		for number, l := range s.leaks {
			if l.over != (number/2 <= i) {
				t.Errorf("after episode %d: leak %d has let go: %t", i, number, l.over)
			}
		}
	}
}
