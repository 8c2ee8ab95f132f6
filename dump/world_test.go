package dump

import (
	"context"
	"path/filepath"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"go.opentelemetry.io/otel/trace"

	"github.com/otelmem/otelmem-go/internal/memstat"
	"github.com/otelmem/otelmem-go/internal/textfmt"
)

// world is a process whose memory the test decides, and all that a Dumper tells.
type world struct {
	t   *testing.T
	dir string

	mu   sync.Mutex
	used int64
	told chan Event
}

func newWorld(t *testing.T) *world {
	return &world{t: t, dir: filepath.Join(t.TempDir(), "heap-dumps"), used: 10 * textfmt.MiB, told: make(chan Event, 100)}
}

func (w *world) read() memstat.Snapshot {
	w.mu.Lock()
	defer w.mu.Unlock()
	return memstat.Snapshot{Time: time.Now(), RSS: w.used, HeapObjects: w.used, Live: w.used}
}

func (w *world) use(bytes int64) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.used = bytes
}

func (w *world) dumper(limit memstat.Limit, opts ...Option) *Dumper {
	w.t.Helper()
	d, err := New(w.read, limit, append([]Option{
		WithDir(w.dir), WithThresholds("64MiB", "128MiB"),
		WithObserver(func(e Event) { w.told <- e }),
	}, opts...)...)
	if err != nil {
		w.t.Fatal(err)
	}
	return d
}

func (w *world) start(d *Dumper, tp trace.TracerProvider) {
	w.t.Helper()
	if err := d.Start(w.t.Context(), tp); err != nil {
		w.t.Fatal(err)
	}
	w.t.Cleanup(func() {
		if err := d.Shutdown(context.Background()); err != nil {
			w.t.Error(err)
		}
	})
}

// inBubble runs a test in a bubble of its own time, in which waiting takes none.
func inBubble(t *testing.T, test func(*testing.T, *world)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) { test(t, newWorld(t)) })
}

// after lets time pass, and returns the kinds of all that was told.
func (w *world) after(pause time.Duration) (kinds []Kind) {
	time.Sleep(pause)
	synctest.Wait()
	for {
		select {
		case e := <-w.told:
			kinds = append(kinds, e.Kind)
		default:
			return kinds
		}
	}
}

// await returns the next event of a kind.
func (w *world) await(kind Kind) Event {
	w.t.Helper()
	for {
		select {
		case e := <-w.told:
			if e.Kind == kind {
				return e
			}
			if e.Kind == Failed {
				w.t.Errorf("unexpected failure: %s", e.Text)
			}
		case <-time.After(10 * time.Second):
			w.t.Fatalf("no event of kind %q", kind)
		}
	}
}
