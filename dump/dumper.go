package dump

import (
	"context"
	"errors"
	"fmt"
	"os"
	"runtime"
	"sync"
	"time"

	"go.opentelemetry.io/otel/trace"
	"go.opentelemetry.io/otel/trace/noop"

	"github.com/otelmem/otelmem-go/internal/memstat"
)

// Dumper writes heap profiles at thresholds and on demand. Make it with [New].
// It is safe for concurrent use.
type Dumper struct {
	config
	read  func() memstat.Snapshot
	limit memstat.Limit
	rungs []Threshold
	store store
	host  string

	turn chan struct{} // held by who writes a profile

	mu      sync.Mutex // guards the life cycle
	spans   *spans
	stop    chan struct{} // nil before Start
	stopped bool
	work    sync.WaitGroup
}

// New returns a Dumper that reads memory by read. Nothing runs, and no file is
// touched, before Start. Thresholds that make no sense are an error that names
// them.
func New(read func() memstat.Snapshot, limit memstat.Limit, opts ...Option) (*Dumper, error) {
	c := newConfig(opts)
	rungs, err := parseThresholds(c.thresholds, limit)
	if err != nil {
		return nil, err
	}
	d := &Dumper{
		config: c,
		read:   read,
		limit:  limit,
		rungs:  rungs,
		store:  store{dir: c.dir, maxFiles: c.maxFiles, maxBytes: c.maxBytes},
		turn:   make(chan struct{}, 1),
		spans:  newSpans(noop.NewTracerProvider()),
	}
	d.host, _ = os.Hostname() // only tells apart what shares a folder
	return d, nil
}

// Thresholds returns the ladder from low to high.
func (d *Dumper) Thresholds() []Threshold { return d.rungs }

// Start begins to watch memory. Event spans go to tp; nil means none. It first
// cleans up what an earlier process left, and tells of its unclean exit. What
// goes wrong there is told, and hinders nothing.
func (d *Dumper) Start(_ context.Context, tp trace.TracerProvider) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.stop != nil || d.stopped {
		return errors.New("start the watcher of thresholds: started before")
	}
	if tp != nil {
		d.spans = newSpans(tp)
	}
	d.stop = make(chan struct{})
	w := newWatcher(d)
	d.work.Go(func() { w.run(d.stop) })
	return nil
}

// Shutdown stops the watcher and waits for a dump that is being written, at most
// until ctx is done. Calls after the first do nothing.
func (d *Dumper) Shutdown(ctx context.Context) error {
	d.mu.Lock()
	started, stopped := d.stop != nil, d.stopped
	d.stopped = true
	d.mu.Unlock()
	if !started || stopped {
		return nil
	}
	close(d.stop)
	done := make(chan struct{})
	go func() {
		d.work.Wait()
		close(done)
	}()
	select {
	case <-done:
		return removeState(d.dir, d.host, os.Getpid())
	case <-ctx.Done():
		return fmt.Errorf("wait for a heap profile to be written: %w", ctx.Err())
	}
}

// Dump writes a heap profile now. reason goes into its name, made safe, and into
// its side file. Its span is a child of ctx's. It waits for a dump that is being
// written, at most until ctx is done; it needs no Start.
func (d *Dumper) Dump(ctx context.Context, reason string) (File, error) {
	if err := d.takeTurn(ctx); err != nil {
		return File{}, err
	}
	defer d.giveTurn()
	snap := d.read()
	event := Event{Reason: ReasonManual, Snapshot: snap}
	if why := d.shortage(snap); why != "" {
		event.Kind, event.Text = Skipped, why
		d.tell(event)
		return File{}, fmt.Errorf("write a heap profile: not now: %s", why)
	}
	side := newSide(snap, d.limit, nil)
	side.Reason, side.Detail = ReasonManual, reason
	return d.writeAndTell(ctx, event, &side)
}

// List returns the profiles in the folder, the oldest first.
func (d *Dumper) List() ([]Entry, error) { return d.store.list() }

func (d *Dumper) takeTurn(ctx context.Context) error {
	select {
	case d.turn <- struct{}{}:
		return nil
	case <-ctx.Done():
		return fmt.Errorf("write a heap profile: another is being written: %w", ctx.Err())
	}
}

func (d *Dumper) giveTurn() { <-d.turn }

func (d *Dumper) shortage(snap memstat.Snapshot) string {
	free, known := freeDisk(existing(d.dir))
	return shortage(usage(snap, d.limit, gcOff()), d.limit, free, known, profileStacks())
}

// writeAndTell writes a profile in the caller's turn and tells how it went.
func (d *Dumper) writeAndTell(ctx context.Context, event Event, side *Side) (File, error) {
	start := time.Now()
	side.Time = start.UTC()
	if sc := trace.SpanContextFromContext(ctx); sc.IsValid() {
		side.TraceID, side.SpanID = sc.TraceID().String(), sc.SpanID().String()
	}
	base := baseName(nameOf(side.Reason, side.Detail, event.Threshold), start)
	file, err := write(d.dir, base, side)
	event.SpanContext = d.currentSpans().written(ctx, start, file, side, err)
	event.File = file
	if err != nil {
		event.Kind, event.Err, event.Text = Failed, err, err.Error()
		d.tell(event)
		return File{}, err
	}
	// A profile whose labels fail is whole all the same: they can come later.
	if roomToLabel(usage(d.read(), d.limit, gcOff()), d.limit) {
		if err := Label(file.Path, file.Path); err != nil {
			d.tell(Event{Kind: Failed, Err: err, Text: err.Error()})
		} else if info, err := os.Stat(file.Path); err == nil {
			file.Size = info.Size()
			event.File = file
		}
	}
	event.Kind = Written
	event.Text = "heap profile written to " + file.Path
	if runtime.MemProfileRate == 0 {
		event.Text += "; it is empty, since runtime.MemProfileRate is 0"
	}
	d.tell(event)
	if err := d.store.prune(); err != nil {
		d.tell(Event{Kind: Failed, Err: err, Text: err.Error()})
	}
	return file, nil
}

func (d *Dumper) currentSpans() *spans {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.spans
}

// tell tells the observer. What it does wrong is not ours to fail by.
func (d *Dumper) tell(e Event) {
	defer func() { _ = recover() }()
	if e.Time.IsZero() {
		e.Time = time.Now()
	}
	d.observer(e)
}
