package otelmem

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"sync"
	"sync/atomic"
	"time"

	"go.opentelemetry.io/otel/metric"
	"go.opentelemetry.io/otel/trace"
	"go.opentelemetry.io/otel/trace/noop"

	"github.com/otelmem/otelmem-go/internal/attrs"
	"github.com/otelmem/otelmem-go/otelmem/internal/eventspans"
	"github.com/otelmem/otelmem-go/otelmem/internal/telemetry"
)

// maxStart is how long Start waits for its disk, where its context would let it wait
// longer.
const maxStart = 5 * time.Second

// lifecycle is the state of what Start began.
type lifecycle struct {
	mu             sync.Mutex // guards what follows; never held during I/O or others' code
	state          state
	tracerProvider trace.TracerProvider // as Start was given it
	meterProvider  metric.MeterProvider
	notice         *time.Timer   // says what is missing in the set-up
	opened         chan struct{} // closed when all has begun to run; nil before that
	stopped        chan struct{} // closed when all has ended; nil before Shutdown
	stopErr        error         // set before stopped is closed

	stop chan struct{} // ends the background work
	work sync.WaitGroup
	done chan struct{} // closed by Shutdown; nil where diagnostics are off

	droppedEvent atomic.Bool // the service's sampler has dropped an event span
}

type state int

const (
	stateNew     state = iota
	stateWaiting       // started, and in standby
	stateRunning
	stateStopped
)

// Start begins to watch thresholds, to record metrics with mp and to write the
// log; in standby it only notes the providers for [Diagnostics.Enable]. Event spans go
// to tp. A nil provider means none of that signal. It is an error to start twice. ctx
// bounds the start, not the run.
//
// What does not work is a part that is off ([report.Report.Disabled]), not an error:
// a log file or a folder of heap profiles that cannot be written is tried here. Where
// a disk does not answer, Start returns after five seconds, and goes on behind.
func (d *Diagnostics) Start(ctx context.Context, tp trace.TracerProvider, mp metric.MeterProvider) error {
	if d.off() {
		return nil
	}
	ctx = orBackground(ctx)
	if err := ctx.Err(); err != nil {
		return fmt.Errorf("start memory diagnostics: %w", err)
	}
	d.mu.Lock()
	if d.state != stateNew {
		d.mu.Unlock()
		return errors.New("start memory diagnostics: started before; make another with New")
	}
	d.tracerProvider, d.meterProvider = noop.NewTracerProvider(), nil
	if !isNil(tp) {
		d.tracerProvider = tp
	}
	if !isNil(mp) {
		d.meterProvider = mp
	}
	if !d.on.Load() {
		d.state = stateWaiting
		d.mu.Unlock()
		return nil
	}
	opened := d.run()
	d.mu.Unlock()
	return d.awaitOpened(ctx, opened)
}

// run begins everything, and returns a channel that is closed when it has begun.
// Callers hold d.mu.
func (d *Diagnostics) run() (opened <-chan struct{}) {
	d.state = stateRunning
	d.opened, d.stop = make(chan struct{}), make(chan struct{})
	d.noticeLater()
	go func() {
		defer close(d.opened)
		d.open()
	}()
	return d.opened
}

// open begins everything. It is others' code, and files, all the way: each part that
// fails is off, and the others run.
func (d *Diagnostics) open() {
	eventProvider := eventspans.Provider(d.tracerProvider, d.hook.ForceFlush, d.eventDropped)
	d.contain("event spans", func() {
		events := attrs.Tracer(eventProvider, attrs.ScopeEvents)
		d.events.Store(&events)
		tracer := attrs.Tracer(d.tracerProvider, attrs.Scope)
		d.tracer.Store(&tracer)
	})
	d.contain(partMetrics, func() { d.meter.Store(telemetry.NewMeter(d.meterProvider, d.observe, d.parts.Disable)) })
	d.log.Start()
	d.log.Init(d.baseline, d.limitAt(d.baseline), d.dumper.Thresholds())
	if d.config.mode == modeStandby {
		d.log.Enabled()
	}
	for _, warning := range d.warnings {
		d.log.Config(warning)
	}
	d.log.Disabled()
	d.work.Go(func() { d.spans.Run(d.stop) })
	d.work.Go(func() { d.runBackground(d.stop) })
	// It reports what it finds at once, through dumped.
	if err := d.dumper.Start(context.Background(), eventProvider); err != nil {
		d.parts.Disable(partThresholds, err.Error())
	}
	d.log.Disabled()
}

// awaitOpened waits until all has begun, within the bounds of ctx and of maxStart.
func (d *Diagnostics) awaitOpened(ctx context.Context, opened <-chan struct{}) error {
	slow := time.NewTimer(maxStart)
	defer slow.Stop()
	select {
	case <-opened:
		return nil
	case <-slow.C:
		// The disk is nothing that a service must not start for.
		d.parts.Disable(partStart, fmt.Sprintf("the log file or the folder of heap profiles did not answer within %v", maxStart))
		go func() {
			<-opened
			d.parts.Restore(partStart)
		}()
		return nil
	case <-ctx.Done():
		return fmt.Errorf("start memory diagnostics: wait for the log file and the folder of heap profiles: %w", ctx.Err())
	}
}

// Shutdown stops everything that Start began and waits for it, at most until ctx
// is done. Spans pass unchanged from then on. A call after the first, or beside it,
// waits too; where an earlier one ran out of time it waits on.
func (d *Diagnostics) Shutdown(ctx context.Context) error {
	if d.off() {
		return nil
	}
	ctx = orBackground(ctx)
	d.mu.Lock()
	running := d.state == stateRunning
	if d.state != stateStopped {
		d.state = stateStopped
		d.stopped = make(chan struct{})
		d.notice.Stop()
		close(d.done)
		d.releaseTags()
		d.hook.Stop()
		go d.end(running)
	}
	d.mu.Unlock()
	// First, and whatever else takes too long: it says that the end is no crash.
	err := d.dumper.Shutdown(ctx)
	select {
	case <-d.stopped:
		err = d.stopErr
	default:
		select {
		case <-d.stopped:
			err = d.stopErr
		case <-ctx.Done():
			if err == nil {
				err = fmt.Errorf("wait for the log to be written: %w", ctx.Err())
			}
		}
	}
	if err != nil {
		return fmt.Errorf("shut memory diagnostics down: %w", err)
	}
	return nil
}

// end ends what open began, and waits for it as long as that takes.
func (d *Diagnostics) end(running bool) {
	defer close(d.stopped)
	ctx := context.Background()
	var errs []error
	if running {
		<-d.opened
		d.tracer.Store(nil)
		errs = append(errs, d.dumper.Shutdown(ctx))
		close(d.stop)
		d.work.Wait()
		d.contain(partMetrics, func() {
			if m := d.meter.Swap(nil); m != nil {
				errs = append(errs, m.Close())
			}
		})
		d.log.Shutdown(d.reader.Fresh(), d.spans.Statistics.Calls(), time.Since(d.began))
	}
	d.work.Wait()
	errs = append(errs, d.log.Close(ctx), d.reader.Close())
	d.stopErr = errors.Join(errs...)
}

// contain runs what may be others' code: where it panics, its part is off.
func (d *Diagnostics) contain(part string, f func()) {
	defer func() {
		if p := recover(); p != nil {
			d.parts.Disable(part, fmt.Sprintf("panic: %v", p))
		}
	}()
	f()
}

// isNil says whether a provider is nil, or a nil pointer in an interface: a variable
// of the SDK's type that was never set.
func isNil(provider any) bool {
	if provider == nil {
		return true
	}
	v := reflect.ValueOf(provider)
	return v.Kind() == reflect.Pointer && v.IsNil()
}
