package dump

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/otelmem/otelmem-go/internal/memstat"
	"github.com/otelmem/otelmem-go/internal/textfmt"
)

func TestOneDumpACrossing(t *testing.T) {
	inBubble(t, func(t *testing.T, w *world) {
		d := w.dumper(memstat.Limit{})
		w.start(d, nil)
		if told := w.after(time.Hour); told != nil {
			t.Errorf("below all rungs: told %v", told)
		}
		w.use(70 * textfmt.MiB)
		if told := w.after(time.Hour); !slices.Equal(told, []Kind{Crossed, Written}) {
			t.Errorf("above one: told %v", told)
		}
		w.use(50 * textfmt.MiB)
		w.after(time.Minute)
		w.use(70 * textfmt.MiB)
		if told := w.after(time.Hour); !slices.Equal(told, []Kind{Crossed, Written}) {
			t.Errorf("above it again: told %v", told)
		}
		entries, err := d.List()
		if err != nil || len(entries) != 2 || entries[0].Side.Episode.Equal(entries[1].Side.Episode) {
			t.Errorf("profiles %v, %v, want two of two episodes", entries, err)
		}
	})
}

func TestLimitThatComesNearIsForeseen(t *testing.T) {
	inBubble(t, func(t *testing.T, w *world) {
		w.start(w.dumper(memstat.Limit{Bytes: textfmt.GiB, Source: memstat.SourceCgroup}, WithThresholds("99%")), nil)
		for used := 10 * textfmt.MiB; used < 900*textfmt.MiB; used += 60 * textfmt.MiB { // 240 MiB a second
			w.use(used)
			time.Sleep(250 * time.Millisecond)
		}
		if e := w.await(Crossed); !e.Predicted || e.Reason != ReasonPredicted || e.Rung.Bytes != textfmt.GiB {
			t.Errorf("told %+v, want a prediction", e)
		}
		file := w.await(Written).File
		if side, err := ReadSide(file.SidePath); err != nil || side.Reason != ReasonPredicted || side.Memory.RSS > 700*textfmt.MiB {
			t.Errorf("side file %+v, %v, want one written well below the limit", side, err)
		}
		if told := w.after(time.Minute); told != nil {
			t.Errorf("told %v once more", told)
		}
	})
}

func TestFolderThatCannotBeMadeIsToldOnceACrossing(t *testing.T) {
	inBubble(t, func(t *testing.T, w *world) {
		if err := os.WriteFile(w.dir, nil, 0o600); err != nil { // a file in the folder's place
			t.Fatal(err)
		}
		d := w.dumper(memstat.Limit{})
		if _, err := d.Dump(t.Context(), "x"); err == nil || !strings.Contains(err.Error(), w.dir) {
			t.Errorf("error %v, want one that names %s", err, w.dir)
		}
		if e := <-w.told; e.Kind != Failed || e.Reason != ReasonManual {
			t.Errorf("told %+v, want a failure", e)
		}
		w.start(d, nil)
		w.after(time.Second) // the folder cannot be tidied up either
		w.use(70 * textfmt.MiB)
		if told := w.after(time.Hour); !slices.Equal(told, []Kind{Crossed, Failed}) {
			t.Errorf("told %v", told)
		}
		w.use(130 * textfmt.MiB)
		if told := w.after(time.Hour); !slices.Equal(told, []Kind{Crossed, Failed}) {
			t.Errorf("the next rung: told %v", told)
		}
	})
}

func TestDumpGivesUpWithItsContext(t *testing.T) {
	w := newWorld(t)
	d := w.dumper(memstat.Limit{})
	d.turn <- struct{}{} // another dump is being written
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := d.Dump(ctx, "late"); !errors.Is(err, context.Canceled) {
		t.Errorf("error %v, want the context's", err)
	}
	if e := <-w.told; e.Kind != Skipped {
		t.Errorf("told %+v", e)
	}
}

func TestObserverMayDump(t *testing.T) {
	inBubble(t, func(t *testing.T, w *world) {
		var d *Dumper
		d = w.dumper(memstat.Limit{}, WithObserver(func(e Event) {
			if e.Reason == ReasonThreshold {
				ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
				defer cancel()
				if _, err := d.Dump(ctx, "after "+string(e.Kind)); err != nil {
					t.Error(err)
				}
			}
			w.told <- e
		}))
		w.start(d, nil)
		w.use(70 * textfmt.MiB)
		if told := w.after(time.Hour); !slices.Equal(told, []Kind{Written, Crossed, Written, Written}) {
			t.Errorf("told %v", told)
		}
	})
}

func TestCallbackThatPanicsStopsTheWatcherAfterTheDump(t *testing.T) {
	for name, broken := range map[string]Option{
		"suspects":  WithSuspects(func() []Suspect { panic("broken") }),
		"functions": WithFunctions(func() map[string]Owner { panic("broken") }),
	} {
		t.Run(name, func(t *testing.T) {
			inBubble(t, func(t *testing.T, w *world) {
				d := w.dumper(memstat.Limit{}, broken)
				w.start(d, nil)
				w.use(70 * textfmt.MiB)
				w.await(Written)
				if e := w.await(Disabled); !strings.Contains(e.Text, name+" panicked: broken") {
					t.Errorf("told %q", e.Text)
				}
				w.use(130 * textfmt.MiB)
				if told := w.after(time.Hour); told != nil {
					t.Errorf("the watcher goes on: %v", told)
				}
				if _, err := d.Dump(t.Context(), "by hand"); err != nil {
					t.Errorf("dump by hand: %v", err)
				}
			})
		})
	}
}

func TestObserverThatPanicsStopsTheWatcherAlone(t *testing.T) {
	inBubble(t, func(t *testing.T, w *world) {
		calls := 0
		d := w.dumper(memstat.Limit{}, WithObserver(func(Event) { calls++; panic("broken") }))
		w.start(d, nil)
		w.use(70 * textfmt.MiB)
		w.after(time.Second)
		w.use(130 * textfmt.MiB)
		w.after(time.Hour)
		if calls != 3 { // crossed, written, disabled
			t.Errorf("%d calls, want 3", calls)
		}
		if entries, err := d.List(); err != nil || len(entries) != 1 {
			t.Errorf("profiles %v, %v, want the one of the first rung", entries, err)
		}
	})
}

func TestReaderThatPanicsIsContained(t *testing.T) {
	inBubble(t, func(t *testing.T, w *world) {
		d, err := New(func() memstat.Snapshot { panic("broken") }, memstat.Limit{}, WithDir(w.dir),
			WithObserver(func(e Event) { w.told <- e }))
		if err != nil {
			t.Fatal(err)
		}
		if _, err := d.Dump(t.Context(), "x"); err == nil || !strings.Contains(err.Error(), "broken") {
			t.Errorf("error %v", err)
		}
		if e := <-w.told; e.Kind != Failed {
			t.Errorf("told %+v, want a failure", e)
		}
		w.start(d, nil)
		if e := w.await(Disabled); !strings.Contains(e.Text, "broken") {
			t.Errorf("told %+v, want it disabled", e)
		}
	})
}

func TestLifeCycle(t *testing.T) {
	d := newWorld(t).dumper(memstat.Limit{})
	if err := d.Shutdown(t.Context()); err != nil {
		t.Errorf("Shutdown before Start: %v", err)
	}
	if err := d.Start(t.Context(), nil); err == nil {
		t.Error("Start after Shutdown: want an error")
	}
	if err := d.Shutdown(t.Context()); err != nil {
		t.Errorf("Shutdown again: %v", err)
	}
	d = newWorld(t).dumper(memstat.Limit{})
	if err := d.Start(t.Context(), nil); err != nil {
		t.Fatal(err)
	}
	if err := d.Start(t.Context(), nil); err == nil {
		t.Error("Start twice: want an error")
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	d.turn <- struct{}{} // a dump is being written
	if err := d.Shutdown(ctx); !errors.Is(err, context.Canceled) {
		t.Errorf("Shutdown gave up with %v, want the context's error", err)
	}
	d.giveTurn()
	if err := d.Shutdown(t.Context()); err != nil {
		t.Errorf("Shutdown that waits on: %v", err)
	}
	if err := d.Shutdown(ctx); err != nil {
		t.Errorf("Shutdown with nothing to wait for: %v", err)
	}
}

func TestShutdownLeavesNoNote(t *testing.T) {
	inBubble(t, func(t *testing.T, w *world) {
		d := w.dumper(memstat.Limit{})
		w.start(d, nil)
		w.use(70 * textfmt.MiB)
		w.after(time.Second)
		if notes, err := filepath.Glob(filepath.Join(w.dir, statePrefix+"*")); err != nil || len(notes) != 1 {
			t.Fatalf("notes %v, %v, want one while memory is high", notes, err)
		}
		if err := d.Shutdown(t.Context()); err != nil {
			t.Fatal(err)
		}
		if names := names(t, w.dir); len(names) != 2 {
			t.Errorf("left %v, want a profile and its side file", names)
		}
	})
}

func TestNoteEndsWithTheEpisode(t *testing.T) {
	inBubble(t, func(t *testing.T, w *world) {
		w.start(w.dumper(memstat.Limit{}), nil)
		w.use(70 * textfmt.MiB)
		w.after(time.Second)
		w.use(10 * textfmt.MiB)
		w.after(time.Second)
		if names := names(t, w.dir); len(names) != 2 {
			t.Errorf("left %v, want a profile and its side file", names)
		}
	})
}
