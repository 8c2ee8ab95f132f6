package otelmem

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"sync"
	"time"

	"go.opentelemetry.io/otel/metric"
	"go.opentelemetry.io/otel/trace"
	"go.opentelemetry.io/otel/trace/noop"

	"github.com/otelmem/otelmem-go/internal/attrs"
	"github.com/otelmem/otelmem-go/otelmem/internal/telemetry"
)

// Start begins to watch thresholds, to record metrics with mp and to write the
// log; in standby it only notes the providers for [Diagnostics.Enable]. Event spans go
// to tp. A nil provider means none of that signal. It is an error to start twice. ctx
// bounds the start, not the run.
func (d *Diagnostics) Start(ctx context.Context, tp trace.TracerProvider, mp metric.MeterProvider) error {
	if d.off() {
		return nil
	}
	ctx = orBackground(ctx)
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.state != stateNew {
		return errors.New("start memory diagnostics: started before; make another with New")
	}
	if err := ctx.Err(); err != nil {
		return fmt.Errorf("start memory diagnostics: %w", err)
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
		return nil
	}
	return d.run(ctx)
}

// run starts everything. Callers hold d.mu.
func (d *Diagnostics) run(ctx context.Context) error {
	d.state = stateRunning
	tracer := attrs.Tracer(d.tracerProvider, attrs.Scope)
	d.meter.Store(telemetry.NewMeter(d.meterProvider, d.observe, d.parts.Disable))
	d.tracer.Store(&tracer)
	events := attrs.Tracer(d.tracerProvider, attrs.ScopeEvents)
	d.events.Store(&events)
	d.stop = make(chan struct{})
	d.log.Start()
	d.log.Init(d.baseline, d.limit, d.dumper.Thresholds())
	for _, warning := range d.warnings {
		d.log.Config(warning)
	}
	d.log.Disabled()
	d.work.Go(func() { d.spans.Run(d.stop) })
	d.work.Go(func() { d.runBackground(d.stop) })
	// The dumper reports what it finds at once, through dumped, which must not
	// wait for d.mu.
	if err := d.dumper.Start(ctx, d.tracerProvider); err != nil {
		d.parts.Disable("dumps", err.Error())
	}
	return nil
}

// Shutdown stops everything that Start began and waits for it, at most until ctx
// is done. Spans pass unchanged from then on. Calls after the first do nothing.
func (d *Diagnostics) Shutdown(ctx context.Context) error {
	if d.off() {
		return nil
	}
	ctx = orBackground(ctx)
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.state == stateStopped {
		return nil
	}
	running := d.state == stateRunning
	d.state = stateStopped
	close(d.done)
	d.releaseTags()
	d.hook.Stop()
	var errs []error
	if running {
		d.tracer.Store(nil)
		errs = append(errs, d.dumper.Shutdown(ctx))
		close(d.stop)
		errs = append(errs, wait(ctx, &d.work), d.meter.Swap(nil).Close())
		d.log.Shutdown(d.reader.Fresh(), d.spans.Statistics.Calls(), time.Since(d.began))
	}
	errs = append(errs, d.log.Close(ctx), d.reader.Close())
	if err := errors.Join(errs...); err != nil {
		return fmt.Errorf("shut memory diagnostics down: %w", err)
	}
	return nil
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
