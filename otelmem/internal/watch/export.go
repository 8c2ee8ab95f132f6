package watch

import (
	"context"
	"errors"
	"fmt"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/metric"
	semconv "go.opentelemetry.io/otel/semconv/v1.39.0"
	"go.opentelemetry.io/otel/trace"

	"github.com/otelmem/otelmem-go/internal/attrs"
	"github.com/otelmem/otelmem-go/otelmem/internal/diaglog"
	"github.com/otelmem/otelmem-go/otelmem/internal/health"
	"github.com/otelmem/otelmem-go/otelmem/internal/process"
	"github.com/otelmem/otelmem-go/otelmem/internal/telemetry"
	"github.com/otelmem/otelmem-go/otelmem/report"
)

// Resource describes the program as OpenTelemetry does.
func (p *Program) Resource() []attribute.KeyValue {
	p.mu.Lock()
	defer p.mu.Unlock()
	kvs := []attribute.KeyValue{semconv.ServiceName(p.name()), semconv.ServiceInstanceID(p.instance)}
	if p.pid != 0 {
		kvs = append(kvs, semconv.ProcessPID(p.pid))
	}
	return kvs
}

// Exporter says of a program what diagnostics inside a process say of it: the same
// metrics, events and warnings. It is not safe for concurrent use.
type Exporter struct {
	program *Program
	meter   *telemetry.Meter
	events  trace.Tracer
	log     *diaglog.Log
}

// NewExporter begins to export by these providers; warnings go to slog's default logger.
func NewExporter(p *Program, tp trace.TracerProvider, mp metric.MeterProvider) *Exporter {
	parts := new(health.Parts)
	e := &Exporter{program: p, events: attrs.Tracer(tp, attrs.ScopeEvents), log: diaglog.New(nil, "", parts)}
	e.meter = telemetry.NewMeter(mp, p.observe, parts.Disable)
	e.log.Start()
	return e
}

// Take takes in what a reading changed.
func (e *Exporter) Take(t *Taken) {
	now, limit := e.program.memory(), e.program.memoryLimit()
	for i := range t.Ended {
		e.log.LeakEnded(&t.Ended[i])
	}
	for i := range t.Goroutines {
		e.log.GoroutineLeak(&t.Goroutines[i])
		telemetry.GoroutinesSuspected(e.events, &t.Goroutines[i], nil, nil)
	}
	for i := range t.Began {
		e.log.Leak(&t.Began[i], nil)
		telemetry.LeakSuspected(e.events, &t.Began[i], now, limit, nil, nil)
	}
}

// Close ends it. What was handed to the providers is sent by their own shutdown.
func (e *Exporter) Close(ctx context.Context) error {
	if err := errors.Join(e.meter.Close(), e.log.Close(ctx)); err != nil {
		return fmt.Errorf("end what is exported of %s: %w", e.program.Name(), err)
	}
	return nil
}

// observe is what metrics observe.
func (p *Program) observe() telemetry.Observation {
	p.mu.Lock()
	defer p.mu.Unlock()
	g := telemetry.Observation{External: p.last.External, TimeToLimit: -1, SelfMemory: p.heap.Bytes() + process.HistoryBytes}
	g.Categories, g.ProfileTook = p.heap.Categories()
	if left, ok := p.forecast.TimeToLimit(p.last, p.limit); ok && p.last.RSS > 0 {
		g.TimeToLimit = left.Seconds()
	}
	if p.problem != nil {
		g.Disabled = append(g.Disabled, report.DisabledPart{Part: "readings", Reason: p.problem.Error()})
	}
	return g
}
