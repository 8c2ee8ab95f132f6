package otelmem

import (
	"context"
	"errors"
	"fmt"
	"os"
	"sync"
	"sync/atomic"
	"time"

	"go.opentelemetry.io/otel/metric"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/trace"
	"go.opentelemetry.io/otel/trace/noop"

	"github.com/otelmem/otelmem-go/dump"
	"github.com/otelmem/otelmem-go/internal/attrs"
	"github.com/otelmem/otelmem-go/internal/heaptag"
	"github.com/otelmem/otelmem-go/internal/memstat"
	"github.com/otelmem/otelmem-go/spanhook"
)

// Diagnostics watches the memory of this process. Make it with [New]. Its
// methods are safe for concurrent use; none of them panics.
type Diagnostics struct {
	config      config
	began       time.Time
	limit       memstat.Limit
	reader      *memstat.Reader
	hook        *spanhook.Hook
	intake      *intake
	names       *names
	book        *book
	examples    examples
	dumper      *dump.Dumper
	journal     *journal
	parts       parts
	pending     growthQueue
	forecast    forecast
	attribution attribution
	history     history
	start       memstat.Snapshot
	done        chan struct{} // closed by Shutdown

	meter  atomic.Pointer[meter]        // nil unless running
	tracer atomic.Pointer[trace.Tracer] // nil unless running

	mu    sync.Mutex // guards the life cycle
	state state
	stop  chan struct{}
	work  sync.WaitGroup
}

type state int

const (
	stateNew state = iota
	stateRunning
	stateStopped
)

// ErrDisabled is returned by what cannot be had while diagnostics are off.
var ErrDisabled = errors.New("memory diagnostics are off: set " + envEnabled + "=true or use WithEnabled(true)")

// New takes settings from options, else from the environment, else defaults.
// Nothing runs, and no file is written, before [Diagnostics.Start].
//
// A setting that is no good is an error that names it; the Diagnostics returned
// beside it is off and safe to use, so that a service can log the error and run.
func New(opts ...Option) (*Diagnostics, error) {
	off := &Diagnostics{}
	c := defaultConfig()
	if err := c.applyEnv(os.LookupEnv); err != nil {
		return off, fmt.Errorf("memory diagnostics: %w", err)
	}
	for _, opt := range opts {
		if opt != nil {
			opt.apply(&c)
		}
	}
	if err := c.validate(); err != nil {
		return off, fmt.Errorf("memory diagnostics: %w", err)
	}
	if !c.enabled {
		return off, nil
	}
	d := &Diagnostics{config: c, began: time.Now(), book: newBook(), done: make(chan struct{})}
	d.names = newNames(c.categorizer, c.maxOperations)
	var err error
	if d.limit, err = memstat.ReadLimit(); err != nil {
		d.parts.disable("limit", err.Error())
	}
	if d.reader, err = memstat.NewReader(c.resolution); err != nil {
		d.parts.disable("process memory", err.Error())
	}
	d.start = d.reader.Fresh()
	d.intake = newIntake(d.count)
	d.hook = spanhook.New(func() spanhook.Reading { return spanhook.Reading(d.reader.Reading()) },
		spanhook.WithNames(d.names.of),
		spanhook.WithExamples(d.examples.take),
		spanhook.WithStacks(),
		spanhook.WithSink(d.intake.put),
		spanhook.WithOnDisable(func(reason string) { d.parts.disable("span growth", reason) }))
	d.dumper, err = dump.New(d.reader.Fresh, d.limit,
		dump.WithThresholds(c.thresholds...),
		dump.WithDir(c.dumpDir),
		dump.WithRetention(c.retentionFiles, c.retentionBytes),
		dump.WithSuspects(d.suspects),
		dump.WithFunctions(func() map[string]dump.Owner { return d.attribution.functions(d.book.categoryOf) }),
		dump.WithObserver(d.dumped))
	if err != nil {
		_ = d.reader.Close()
		return off, fmt.Errorf("memory diagnostics: %w", err)
	}
	d.journal = newJournal(c.logger, c.logFile)
	if err := heaptag.Check(); err != nil {
		d.parts.disable("heap tags", err.Error())
	}
	return d, nil
}

// Enabled says whether diagnostics are on.
func (d *Diagnostics) Enabled() bool { return d.config.enabled }

// SpanProcessor wraps next, so that it gets spans with their growth. Give it to
// sdktrace.WithSpanProcessor in next's place. It can be called for several next
// processors. Where diagnostics are off it returns next itself.
func (d *Diagnostics) SpanProcessor(next sdktrace.SpanProcessor) sdktrace.SpanProcessor {
	if !d.Enabled() {
		return next
	}
	return d.hook.Processor(next)
}

// Start begins to watch thresholds, to record metrics with mp and to write the
// log. Event spans go to tp. A nil provider means none of that signal. It is an
// error to start twice. ctx bounds the start, not the run.
func (d *Diagnostics) Start(ctx context.Context, tp trace.TracerProvider, mp metric.MeterProvider) error {
	if !d.Enabled() {
		return nil
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.state != stateNew {
		return errors.New("start memory diagnostics: started before; make another with New")
	}
	if err := ctx.Err(); err != nil {
		return fmt.Errorf("start memory diagnostics: %w", err)
	}
	if tp == nil {
		tp = noop.NewTracerProvider()
	}
	m, err := newMeter(mp, d.observe)
	if err != nil {
		return fmt.Errorf("start memory diagnostics: %w", err)
	}
	d.state = stateRunning
	tracer := tp.Tracer(attrs.Scope)
	d.meter.Store(m)
	d.tracer.Store(&tracer)
	d.stop = make(chan struct{})
	d.journal.line(kindInit, "%s", initLine(d.start, d.limit, d.thresholdTexts()))
	d.parts.announce(d.journal)
	d.work.Go(func() { d.intake.run(d.stop) })
	events := tp.Tracer(attrs.ScopeEvents)
	d.work.Go(func() { d.report(d.stop, events) })
	// The dumper tells of what it finds at once, through dumped, which must not
	// wait for d.mu.
	if err := d.dumper.Start(ctx, tp); err != nil {
		d.parts.disable("dumps", err.Error())
	}
	return nil
}

// Shutdown stops everything that Start began and waits for it, at most until ctx
// is done. Spans pass unchanged from then on. Calls after the first do nothing.
func (d *Diagnostics) Shutdown(ctx context.Context) error {
	if !d.Enabled() {
		return nil
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.state == stateStopped {
		return nil
	}
	running := d.state == stateRunning
	d.state = stateStopped
	close(d.done)
	d.hook.Stop()
	var errs []error
	if running {
		d.tracer.Store(nil)
		errs = append(errs, d.dumper.Shutdown(ctx))
		close(d.stop)
		errs = append(errs, wait(ctx, &d.work), d.meter.Swap(nil).close())
		d.journal.line(kindShutdown, "%s", shutdownLine(d.reader.Fresh(), d.book.calls(), time.Since(d.began)))
		errs = append(errs, d.journal.close())
	}
	errs = append(errs, d.reader.Close())
	if err := errors.Join(errs...); err != nil {
		return fmt.Errorf("shut memory diagnostics down: %w", err)
	}
	return nil
}

// wait waits for work, at most until ctx is done.
func wait(ctx context.Context, work *sync.WaitGroup) error {
	done := make(chan struct{})
	go func() {
		work.Wait()
		close(done)
	}()
	select {
	case <-done:
		return nil
	case <-ctx.Done():
		return fmt.Errorf("wait for the log to be written: %w", ctx.Err())
	}
}

func (d *Diagnostics) thresholdTexts() []string {
	var texts []string
	for _, threshold := range d.dumper.Thresholds() {
		texts = append(texts, threshold.Text)
	}
	return texts
}
