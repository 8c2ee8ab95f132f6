package dump

import (
	"context"
	"errors"
	"fmt"
	"math"
	"os"
	"sync"
	"sync/atomic"
	"time"

	"go.opentelemetry.io/otel/trace"
	"go.opentelemetry.io/otel/trace/noop"

	"github.com/otelmem/otelmem-go/internal/memstat"
)

// Dumper writes heap profiles at thresholds and on demand. Make it with [New].
// It is safe for concurrent use.
type Dumper struct {
	config
	read     func() Memory
	evidence func() memstat.Evidence
	store    store
	host     string
	panicked atomic.Pointer[string] // the first panic of a callback; nil without one

	writing chan struct{} // a semaphore: one profile is written at a time

	mu         sync.Mutex // guards the life cycle
	eventSpans *eventSpans
	started    bool
	stopped    bool
	stop       context.CancelFunc // of the watcher
	done       chan struct{}      // closed when the watcher has ended
	marker     exitMarker

	folder folderState
}

// New returns a Dumper that reads the process's memory with read. read is called
// from several goroutines. limit is the memory limit at the start; see
// [WithCurrentLimit]. Nothing runs, and no file is touched, before Start. The
// error names each setting and each threshold that is not valid.
func New(read func() Memory, limit Limit, opts ...Option) (*Dumper, error) {
	c := newConfig(opts)
	checked := limit
	if c.currentLimit == nil {
		c.currentLimit = func(Memory) Limit { return limit }
	} else if limit.Bytes == 0 {
		checked.Bytes = math.MaxInt64 // there can be one later
	}
	_, err := parseThresholds(c.thresholdTexts, checked)
	if err = errors.Join(err, c.validate()); err != nil {
		return nil, err
	}
	if read == nil {
		return nil, errors.New("read: got nil, want a function that reads the process's memory")
	}
	d := &Dumper{
		config:     c,
		read:       read,
		evidence:   memstat.ReadEvidence,
		store:      store{dir: c.dir, maxFiles: c.maxFiles, maxBytes: c.maxBytes, files: osFiles},
		writing:    make(chan struct{}, 1),
		eventSpans: newEventSpans(noop.NewTracerProvider()),
		done:       make(chan struct{}),
	}
	d.host, _ = os.Hostname() // only distinguishes processes that share a folder
	return d, nil
}

// Thresholds returns the thresholds from low to high, as they are with the limit of
// now. It reads memory.
func (d *Dumper) Thresholds() []Threshold {
	return thresholdsAt(d.thresholdTexts, d.currentLimit(d.read()))
}

// List returns the profiles in the folder, the oldest first, including those of
// other processes.
func (d *Dumper) List() ([]Entry, error) { return d.store.list() }

// Start begins to watch memory. Event spans go to tp; if it is nil there are none.
// It tries whether the folder can be written, for a second at most; if it cannot, the
// observer gets an event [Unwritable], and the watcher tries again. The watcher then
// removes temporary files that a killed process left, and reports unclean exits;
// errors in that are reported to the observer, and do not stop it. ctx only applies to
// Start itself, not to the watcher. Start fails if it was called before, or after
// Shutdown.
func (d *Dumper) Start(ctx context.Context, tp trace.TracerProvider) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("start the threshold watcher: panic: %v", p)
		}
	}()
	if err := ctx.Err(); err != nil {
		return fmt.Errorf("start the threshold watcher: %w", err)
	}
	tried := make(chan struct{})
	if err := d.startWatcher(ctx, tp, tried); err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, maxFolderTrial)
	defer cancel()
	if !waitClosed(ctx, tried) {
		d.noteFolder(fmt.Errorf("%s: %w after %v", d.dir, errFolderSilent, maxFolderTrial))
	}
	return nil
}

// startWatcher starts the watcher, which closes tried when it has tried the folder.
func (d *Dumper) startWatcher(ctx context.Context, tp trace.TracerProvider, tried chan<- struct{}) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.started || d.stopped {
		return errors.New("start the threshold watcher: it was started or shut down before")
	}
	if tp != nil {
		d.eventSpans = newEventSpans(tp)
	}
	ctx, d.stop = context.WithCancel(context.WithoutCancel(ctx))
	d.started = true
	go newWatcher(d).run(ctx, d.eventSpans, tried)
	return nil
}

// Shutdown stops the watcher, removes the unclean-exit marker, and waits for a
// profile that is being written and for an event span that is being sent, until ctx
// is done. The marker is removed first: a process that ends before the rest has, ended
// on purpose all the same. Shutdown can be called again, to continue waiting, and by
// several at once.
func (d *Dumper) Shutdown(ctx context.Context) error {
	d.mu.Lock()
	d.stopped = true
	started := d.started
	if started {
		d.stop()
	}
	d.mu.Unlock()
	markerErr := d.closeMarker(ctx)
	if started && !waitClosed(ctx, d.done) {
		return errors.Join(markerErr, fmt.Errorf("wait for the threshold watcher: %w", ctx.Err()))
	}
	if err := d.lockWriting(ctx); err != nil {
		return errors.Join(markerErr, err)
	}
	d.unlockWriting()
	return markerErr
}

// markerGrace is how long Shutdown waits for the marker to be removed though its
// context is done: it takes microseconds, unless the disk hangs.
const markerGrace = 50 * time.Millisecond

// closeMarker removes the unclean-exit marker for good.
func (d *Dumper) closeMarker(ctx context.Context) error {
	closed := make(chan error, 1)
	go func() { closed <- d.marker.close() }()
	select {
	case err := <-closed:
		return err
	case <-ctx.Done():
	}
	grace := time.NewTimer(markerGrace)
	defer grace.Stop()
	select {
	case err := <-closed:
		return err
	case <-grace.C:
		return fmt.Errorf("remove the unclean-exit marker: %w", ctx.Err())
	}
}

// waitClosed says whether ch was closed before ctx was done.
func waitClosed(ctx context.Context, ch <-chan struct{}) bool {
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

// lockWriting waits until no other profile is being written.
func (d *Dumper) lockWriting(ctx context.Context) error {
	select {
	case d.writing <- struct{}{}:
		return nil
	default:
	}
	select {
	case d.writing <- struct{}{}:
		return nil
	case <-ctx.Done():
		return fmt.Errorf("wait for another heap profile to be written: %w", ctx.Err())
	}
}

func (d *Dumper) unlockWriting() { <-d.writing }

func (d *Dumper) currentEventSpans() *eventSpans {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.eventSpans
}
