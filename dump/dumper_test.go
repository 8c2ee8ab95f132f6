package dump

import (
	"context"
	"encoding/json"
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
		d := w.dumper(Limit{})
		w.start(d, nil)
		if kinds := w.after(time.Hour); kinds != nil {
			t.Errorf("below all thresholds: reported %v", kinds)
		}
		w.use(70 * textfmt.MiB)
		if kinds := w.after(time.Hour); !slices.Equal(kinds, []Kind{Crossed, Written}) {
			t.Errorf("above one: reported %v", kinds)
		}
		w.use(50 * textfmt.MiB)
		w.after(time.Minute)
		w.use(70 * textfmt.MiB)
		if kinds := w.after(time.Hour); !slices.Equal(kinds, []Kind{Crossed, Written}) {
			t.Errorf("above it again: reported %v", kinds)
		}
		entries, err := d.List()
		if err != nil || len(entries) != 2 || entries[0].Metadata.Episode.Equal(entries[1].Metadata.Episode) {
			t.Errorf("profiles %v, %v, want two of two episodes", entries, err)
		}
	})
}

func TestApproachingLimitIsPredicted(t *testing.T) {
	inBubble(t, func(t *testing.T, w *world) {
		w.start(w.dumper(Limit{Bytes: textfmt.GiB, Source: memstat.SourceCgroup}, WithThresholds("99%")), nil)
		for used := 10 * textfmt.MiB; used < 900*textfmt.MiB; used += 60 * textfmt.MiB { // 240 MiB a second
			w.use(used)
			time.Sleep(250 * time.Millisecond)
		}
		if e := w.await(Crossed); !e.Predicted || e.Reason != ReasonPredicted || e.Threshold.Bytes != textfmt.GiB {
			t.Errorf("reported %+v, want a prediction", e)
		}
		file := w.await(Written).File
		if metadata, err := ReadMetadata(file.MetadataPath); err != nil || metadata.Reason != ReasonPredicted || metadata.Memory.RSS > 700*textfmt.MiB {
			t.Errorf("metadata file %+v, %v, want one written well below the limit", metadata, err)
		}
		if kinds := w.after(time.Minute); kinds != nil {
			t.Errorf("reported %v once more", kinds)
		}
	})
}

func TestFolderThatCannotBeMadeReportedOnceACrossing(t *testing.T) {
	inBubble(t, func(t *testing.T, w *world) {
		if err := os.WriteFile(w.dir, nil, 0o600); err != nil { // a file in the folder's place
			t.Fatal(err)
		}
		d := w.dumper(Limit{})
		if _, err := d.Dump(t.Context(), "x"); err == nil || !strings.Contains(err.Error(), w.dir) {
			t.Errorf("error %v, want one that names %s", err, w.dir)
		}
		if e := <-w.events; e.Kind != Failed || e.Reason != ReasonManual {
			t.Errorf("reported %+v, want a failure", e)
		}
		w.start(d, nil)
		w.after(time.Second) // the folder cannot be cleaned up either
		w.use(70 * textfmt.MiB)
		if kinds := w.after(time.Hour); !slices.Equal(kinds, []Kind{Crossed, Failed}) {
			t.Errorf("reported %v", kinds)
		}
		w.use(130 * textfmt.MiB)
		if kinds := w.after(time.Hour); !slices.Equal(kinds, []Kind{Crossed, Failed}) {
			t.Errorf("the next threshold: reported %v", kinds)
		}
	})
}

func TestDumpGivesUpWithItsContext(t *testing.T) {
	w := newWorld(t)
	d := w.dumper(Limit{})
	d.writing <- struct{}{} // another dump is being written
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := d.Dump(ctx, "late"); !errors.Is(err, context.Canceled) {
		t.Errorf("error %v, want the context's", err)
	}
	if e := <-w.events; e.Kind != Skipped {
		t.Errorf("reported %+v", e)
	}
}

func TestObserverMayDump(t *testing.T) {
	inBubble(t, func(t *testing.T, w *world) {
		var d *Dumper
		d = w.dumper(Limit{}, WithObserver(func(e Event) {
			if e.Reason == ReasonThreshold {
				ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
				defer cancel()
				if _, err := d.Dump(ctx, "after "+string(e.Kind)); err != nil {
					t.Error(err)
				}
			}
			w.events <- e
		}))
		w.start(d, nil)
		w.use(70 * textfmt.MiB)
		if kinds := w.after(time.Hour); !slices.Equal(kinds, []Kind{Written, Crossed, Written, Written}) {
			t.Errorf("reported %v", kinds)
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
				d := w.dumper(Limit{}, broken)
				w.start(d, nil)
				w.use(70 * textfmt.MiB)
				w.await(Written)
				if e := w.await(Disabled); !strings.Contains(e.Text, name+" panicked: broken") {
					t.Errorf("reported %q", e.Text)
				}
				w.use(130 * textfmt.MiB)
				if kinds := w.after(time.Hour); kinds != nil {
					t.Errorf("the watcher goes on: %v", kinds)
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
		d := w.dumper(Limit{}, WithObserver(func(Event) { calls++; panic("broken") }))
		w.start(d, nil)
		w.use(70 * textfmt.MiB)
		w.after(time.Second)
		w.use(130 * textfmt.MiB)
		w.after(time.Hour)
		if calls != 3 { // crossed, written, disabled
			t.Errorf("%d calls, want 3", calls)
		}
		if entries, err := d.List(); err != nil || len(entries) != 1 {
			t.Errorf("profiles %v, %v, want the one of the first threshold", entries, err)
		}
	})
}

func TestReaderThatPanicsIsContained(t *testing.T) {
	inBubble(t, func(t *testing.T, w *world) {
		d, err := New(func() Memory { panic("broken") }, Limit{}, WithDir(w.dir),
			WithObserver(func(e Event) { w.events <- e }))
		if err != nil {
			t.Fatal(err)
		}
		if _, err := d.Dump(t.Context(), "x"); err == nil || !strings.Contains(err.Error(), "broken") {
			t.Errorf("error %v", err)
		}
		if e := <-w.events; e.Kind != Failed {
			t.Errorf("reported %+v, want a failure", e)
		}
		w.start(d, nil)
		if e := w.await(Disabled); !strings.Contains(e.Text, "broken") {
			t.Errorf("reported %+v, want it disabled", e)
		}
	})
}

func TestLifeCycle(t *testing.T) {
	d := newWorld(t).dumper(Limit{})
	if err := d.Shutdown(t.Context()); err != nil {
		t.Errorf("Shutdown before Start: %v", err)
	}
	if err := d.Start(t.Context(), nil); err == nil {
		t.Error("Start after Shutdown: want an error")
	}
	if err := d.Shutdown(t.Context()); err != nil {
		t.Errorf("Shutdown again: %v", err)
	}
	d = newWorld(t).dumper(Limit{})
	if err := d.Start(t.Context(), nil); err != nil {
		t.Fatal(err)
	}
	if err := d.Start(t.Context(), nil); err == nil {
		t.Error("Start twice: want an error")
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	d.writing <- struct{}{} // a dump is being written
	if err := d.Shutdown(ctx); !errors.Is(err, context.Canceled) {
		t.Errorf("Shutdown gave up with %v, want the context's error", err)
	}
	d.unlockWriting()
	if err := d.Shutdown(t.Context()); err != nil {
		t.Errorf("Shutdown that waits on: %v", err)
	}
	if err := d.Shutdown(ctx); err != nil {
		t.Errorf("Shutdown with nothing to wait for: %v", err)
	}
}

func TestShutdownRemovesTheMarker(t *testing.T) {
	inBubble(t, func(t *testing.T, w *world) {
		d := w.dumper(Limit{})
		w.start(d, nil)
		w.use(70 * textfmt.MiB)
		w.after(time.Second)
		if markers, err := filepath.Glob(filepath.Join(w.dir, markerPrefix+"*")); err != nil || len(markers) != 1 {
			t.Fatalf("markers %v, %v, want one while memory is high", markers, err)
		}
		if err := d.Shutdown(t.Context()); err != nil {
			t.Fatal(err)
		}
		if names := names(t, w.dir); len(names) != 2 {
			t.Errorf("left %v, want a profile and its metadata file", names)
		}
	})
}

func TestMarkerHasTheLastProfileOfItsEpisode(t *testing.T) {
	inBubble(t, func(t *testing.T, w *world) {
		d := w.dumper(Limit{Bytes: 150 * textfmt.MiB}, WithThresholds("64MiB", "148MiB"))
		w.start(d, nil)
		marker := func() (state exitState) {
			t.Helper()
			paths, err := filepath.Glob(filepath.Join(w.dir, markerPrefix+"*"))
			if err != nil || len(paths) != 1 {
				t.Fatalf("markers %v, %v, want one", paths, err)
			}
			text, err := os.ReadFile(paths[0])
			if err != nil {
				t.Fatal(err)
			}
			if err := json.Unmarshal(text, &state); err != nil {
				t.Fatal(err)
			}
			return state
		}
		w.use(70 * textfmt.MiB)
		file := w.await(Written).File
		w.after(0)
		if state := marker(); state.LastDump != file || state.Usage != 70*textfmt.MiB || state.Limit != 150*textfmt.MiB {
			t.Errorf("marker %+v, want profile %v", state, file)
		}
		w.use(149 * textfmt.MiB) // too near the limit for another profile
		w.await(Skipped)
		w.after(0)
		if state := marker(); state.LastDump != file || state.Usage != 149*textfmt.MiB {
			t.Errorf("marker %+v, want profile %v still", state, file)
		}
		w.use(10 * textfmt.MiB)
		w.after(time.Hour)
		w.use(149 * textfmt.MiB)
		w.await(Skipped)
		w.after(0)
		if state := marker(); state.LastDump.Path != "" {
			t.Errorf("marker %+v, want no profile of the episode before", state)
		}
	})
}

func TestMarkerIsRemovedWhenTheEpisodeEnds(t *testing.T) {
	inBubble(t, func(t *testing.T, w *world) {
		w.start(w.dumper(Limit{}), nil)
		w.use(70 * textfmt.MiB)
		w.after(time.Second)
		w.use(10 * textfmt.MiB)
		w.after(time.Second)
		if names := names(t, w.dir); len(names) != 2 {
			t.Errorf("left %v, want a profile and its metadata file", names)
		}
	})
}
