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

	"github.com/otelmem/otelmem-go/internal/textfmt"
)

func TestFolderThatCannotBeWrittenIsKnownAtStartAndTriedAgain(t *testing.T) {
	inBubble(t, func(t *testing.T, w *world) {
		if err := os.WriteFile(w.dir, nil, 0o600); err != nil { // a file in the folder's place
			t.Fatal(err)
		}
		w.start(w.dumper(Limit{}), nil)
		select {
		case e := <-w.events:
			if e.Kind != Unwritable || !strings.Contains(e.Text, w.dir) || !strings.Contains(e.Text, "not a directory") {
				t.Errorf("reported %+v, want the true cause", e)
			}
		default:
			t.Error("nothing was reported when Start returned")
		}
		w.after(time.Second)
		if kinds := w.after(time.Hour); kinds != nil {
			t.Errorf("reported %v once more", kinds)
		}
		if err := os.Remove(w.dir); err != nil {
			t.Fatal(err)
		}
		if kinds := w.after(time.Minute); !slices.Equal(kinds, []Kind{Writable}) {
			t.Errorf("reported %v, want that it can be written again", kinds)
		}
		if left := names(t, w.dir); len(left) != 0 {
			t.Errorf("trying left %v", left)
		}
	})
}

func TestFolderThatASystemHasNoPlaceForIsReportedByItsCause(t *testing.T) {
	w := newWorld(t)
	w.dir = "/proc/otelmem/heap-dumps" // no root, no mode can make it
	if _, err := os.Stat("/proc/self"); err != nil {
		t.Skip("no /proc here")
	}
	d := w.dumper(Limit{})
	w.start(d, nil)
	if e := <-w.events; e.Kind != Unwritable || strings.Contains(e.Text, "free") || !strings.Contains(e.Text, "mkdir /proc/otelmem") {
		t.Errorf("reported %q, want the cause", e.Text)
	}
	if _, err := d.Dump(t.Context(), "x"); err == nil || strings.Contains(err.Error(), "free") || !strings.Contains(err.Error(), "mkdir /proc/otelmem") {
		t.Errorf("error %v, want the cause", err)
	}
}

func TestShutdownThatRanOutOfTimeIsNoUncleanExit(t *testing.T) {
	w := newWorld(t)
	d := w.dumper(Limit{}, WithInterval(time.Millisecond))
	if err := d.Start(t.Context(), nil); err != nil {
		t.Fatal(err)
	}
	w.use(70 * textfmt.MiB)
	w.await(Written)
	marker := filepath.Join(w.dir, markerPrefix+"*")
	if markers, err := filepath.Glob(marker); err != nil || len(markers) != 1 {
		t.Fatalf("markers %v, %v, want one", markers, err)
	}
	if err := d.lockWriting(t.Context()); err != nil { // a profile is being written
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := d.Shutdown(ctx); !errors.Is(err, context.Canceled) {
		t.Errorf("error %v, want the context's", err)
	}
	if markers, err := filepath.Glob(marker); err != nil || len(markers) != 0 {
		t.Errorf("markers %v, %v: the next start would tell of a crash", markers, err)
	}
	d.unlockWriting()
	if err := d.Shutdown(t.Context()); err != nil {
		t.Error(err)
	}
}
