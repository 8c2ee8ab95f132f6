package dump

import (
	"context"
	"path/filepath"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"go.opentelemetry.io/otel/trace"

	"github.com/otelmem/otelmem-go/internal/textfmt"
)

// world is a process whose memory the test sets, and the events of its Dumper.
type world struct {
	t   *testing.T
	dir string

	mu     sync.Mutex
	used   int64
	events chan Event
}

func newStore(dir string) *store {
	return &store{dir: dir, maxFiles: 100, maxBytes: textfmt.GiB, files: osFiles}
}

func newWorld(t *testing.T) *world {
	return &world{t: t, dir: filepath.Join(t.TempDir(), "heap-dumps"), used: 10 * textfmt.MiB, events: make(chan Event, 100)}
}

func (w *world) read() Memory {
	w.mu.Lock()
	defer w.mu.Unlock()
	return Memory{Time: time.Now(), RSS: w.used, HeapObjects: w.used, Live: w.used}
}

func (w *world) use(bytes int64) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.used = bytes
}

func (w *world) dumper(limit Limit, opts ...Option) *Dumper {
	w.t.Helper()
	d, err := New(w.read, limit, append([]Option{
		WithDir(w.dir), WithThresholds("64MiB", "128MiB"),
		WithObserver(func(e Event) { w.events <- e }),
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

// inBubble runs a test in a bubble with a clock of its own, where waiting takes no
// time.
func inBubble(t *testing.T, test func(*testing.T, *world)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) { test(t, newWorld(t)) })
}

// after waits, and returns the kinds of all events since the last call.
func (w *world) after(pause time.Duration) (kinds []Kind) {
	time.Sleep(pause)
	synctest.Wait()
	for {
		select {
		case e := <-w.events:
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
		case e := <-w.events:
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
