package dump

import (
	"context"
	"errors"
	"fmt"
	"os"
	"slices"
	"sync"
	"sync/atomic"

	"go.opentelemetry.io/otel/trace"
	"go.opentelemetry.io/otel/trace/noop"

	"github.com/otelmem/otelmem-go/internal/memstat"
)

// Dumper writes heap profiles at thresholds and on demand. Make it with [New].
// It is safe for concurrent use.
type Dumper struct {
	config
	read   func() memstat.Snapshot
	limit  memstat.Limit
	rungs  []Threshold
	store  store
	host   string
	broken atomic.Pointer[string] // which callback panicked, and how

	turn chan struct{} // held by who writes a profile

	mu      sync.Mutex // guards the life cycle
	spans   *spans
	started bool
	stopped bool
	stop    context.CancelFunc // of the watcher
	done    chan struct{}      // closed when the watcher has ended
	note    exitNote           // the watcher's, until done is closed
}

// New returns a Dumper that reads memory by read. Nothing runs, and no file is
// touched, before Start. Settings and thresholds that make no sense are an error
// that names them.
func New(read func() memstat.Snapshot, limit memstat.Limit, opts ...Option) (*Dumper, error) {
	c := newConfig(opts)
	rungs, err := parseThresholds(c.thresholds, limit)
	if err = errors.Join(err, c.validate()); err != nil {
		return nil, err
	}
	if read == nil {
		return nil, errors.New("how to read memory: got nil, want a function")
	}
	d := &Dumper{
		config: c,
		read:   read,
		limit:  limit,
		rungs:  rungs,
		store:  store{dir: c.dir, maxFiles: c.maxFiles, maxBytes: c.maxBytes},
		turn:   make(chan struct{}, 1),
		spans:  newSpans(noop.NewTracerProvider()),
		done:   make(chan struct{}),
	}
	d.host, _ = os.Hostname() // only tells apart what shares a folder
	return d, nil
}

// Thresholds returns the ladder from low to high.
func (d *Dumper) Thresholds() []Threshold { return slices.Clone(d.rungs) }

// List returns the profiles in the folder, the oldest first, whichever process
// wrote them.
func (d *Dumper) List() ([]Entry, error) { return d.store.list() }

// Start begins to watch memory. Event spans go to tp; nil means none. It first
// cleans up what an earlier process left, and tells of its unclean exit. What
// goes wrong there is told, and hinders nothing. ctx bounds the start, not the
// run. It is an error to start twice, or after Shutdown.
func (d *Dumper) Start(ctx context.Context, tp trace.TracerProvider) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("start the watcher of thresholds: panic: %v", p)
		}
	}()
	if err := ctx.Err(); err != nil {
		return fmt.Errorf("start the watcher of thresholds: %w", err)
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.started || d.stopped {
		return errors.New("start the watcher of thresholds: it was started or shut down before")
	}
	if tp != nil {
		d.spans = newSpans(tp)
	}
	ctx, d.stop = context.WithCancel(context.WithoutCancel(ctx))
	d.started = true
	go newWatcher(d).run(ctx, d.spans)
	return nil
}

// Shutdown stops the watcher, waits for a profile that is being written and for
// the event on its way, at most until ctx is done, and marks the exit as clean.
// It can be called again, to wait on.
func (d *Dumper) Shutdown(ctx context.Context) error {
	d.mu.Lock()
	d.stopped = true
	started := d.started
	if started {
		d.stop()
	}
	d.mu.Unlock()
	if started && !receive(ctx, d.done) {
		return fmt.Errorf("wait for the watcher of thresholds: %w", ctx.Err())
	}
	if err := d.takeTurn(ctx); err != nil {
		return err
	}
	d.giveTurn()
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.note.remove()
}

// receive says whether ch was closed before ctx was done.
func receive(ctx context.Context, ch <-chan struct{}) bool {
	select {
	case <-ch:
		return true
	default:
	}
	select {
	case <-ch:
		return true
	case <-ctx.Done():
		return false
	}
}

func (d *Dumper) takeTurn(ctx context.Context) error {
	select {
	case d.turn <- struct{}{}:
		return nil
	default:
	}
	select {
	case d.turn <- struct{}{}:
		return nil
	case <-ctx.Done():
		return fmt.Errorf("wait for another heap profile to be written: %w", ctx.Err())
	}
}

func (d *Dumper) giveTurn() { <-d.turn }

func (d *Dumper) currentSpans() *spans {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.spans
}
