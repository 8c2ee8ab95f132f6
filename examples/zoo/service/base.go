package service

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"path/filepath"
	"time"

	"go.opentelemetry.io/otel"
	sdkmetric "go.opentelemetry.io/otel/sdk/metric"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"

	"github.com/otelmem/otelmem-go/otelmem"
	"github.com/otelmem/otelmem-go/otelmem/report"
)

// This file alone uses the module that is tried here.

// diagnostics are the SDK and memory diagnostics of a service.
type diagnostics struct {
	mem   *otelmem.Diagnostics // nil for none
	tp    *sdktrace.TracerProvider
	mp    *sdkmetric.MeterProvider
	began time.Time
}

// startSDK is a service's SDK without the module.
func startSDK() *diagnostics {
	d := &diagnostics{
		tp:    sdktrace.NewTracerProvider(sdktrace.WithBatcher(discard{})),
		mp:    newMeterProvider(),
		began: time.Now(),
	}
	otel.SetTracerProvider(d.tp)
	otel.SetMeterProvider(d.mp)
	return d
}

// newMeterProvider has no limit, since series without number are one of the leaks.
func newMeterProvider() *sdkmetric.MeterProvider {
	return sdkmetric.NewMeterProvider(sdkmetric.WithReader(sdkmetric.NewManualReader()), sdkmetric.WithCardinalityLimit(0))
}

func startDiagnostics(ctx context.Context, o Options) (*diagnostics, error) {
	if o.Outside {
		return startSDK(), nil
	}
	mem, err := otelmem.New(
		otelmem.WithEnabled(true),
		otelmem.WithReportInterval(o.Interval),
		otelmem.WithDumpDir(filepath.Join(o.Dir, "heap-dumps")),
		otelmem.WithLogFile(filepath.Join(o.Dir, "otelmem.log")))
	if err != nil {
		return nil, err
	}
	d := &diagnostics{
		mem:   mem,
		tp:    sdktrace.NewTracerProvider(sdktrace.WithSpanProcessor(mem.SpanProcessor(sdktrace.NewBatchSpanProcessor(discard{})))),
		mp:    newMeterProvider(),
		began: time.Now(),
	}
	otel.SetTracerProvider(d.tp)
	otel.SetMeterProvider(d.mp)
	return d, mem.Start(ctx, d.tp, d.mp)
}

func (d *diagnostics) stop() error {
	ctx, cancel := context.WithTimeout(context.Background(), 3*time.Second)
	defer cancel()
	var memErr error
	if d.mem != nil {
		memErr = d.mem.Shutdown(ctx)
	}
	return errors.Join(memErr, d.tp.Shutdown(ctx), d.mp.Shutdown(ctx))
}

// handler wraps a mux, so that each route is an operation.
func handler(mux *http.ServeMux) http.Handler { return otelmem.Handler(mux) }

// do runs f as an operation.
func do(ctx context.Context, name string, f func(context.Context)) { otelmem.Do(ctx, name, f) }

func (d *diagnostics) reading(ctx context.Context) (*Reading, error) {
	said, err := d.mem.Report(ctx)
	if err != nil {
		return nil, err
	}
	return NewReading(said, d.began), nil
}

// NewReading is what a report says of a service that began then.
func NewReading(said *report.Report, began time.Time) *Reading {
	p := &said.Process
	r := &Reading{
		Seconds:    said.Time.Sub(began).Seconds(),
		Headline:   said.Headline.String(),
		Accuses:    said.Headline.Accusation != "",
		Countdown:  p.TimeToLimit > 0,
		GCCycles:   p.GCCycles,
		RSS:        p.RSS,
		Live:       p.Live,
		Outside:    p.External,
		Goroutines: p.Goroutines,
	}
	for i := range said.Operations {
		r.Rows = append(r.Rows, newRow(&said.Operations[i]))
	}
	return r
}

func newRow(o *report.Operation) Row {
	r := Row{
		Name:       o.Name,
		By:         string(o.By),
		Live:       o.Live,
		LiveError:  o.LiveError,
		Allocated:  o.Allocated,
		Outside:    o.Growth.External,
		Calls:      o.Calls,
		Goroutines: o.Goroutines,
		Accused:    o.Suspected,
		Growing:    o.Verdict == "growing",
		Evidence:   o.Evidence,
	}
	r.Lines = make([]string, 0, len(o.Sites))
	for _, site := range o.Sites {
		r.Lines = append(r.Lines, fmt.Sprintf("%s:%d", site.File, site.Line))
	}
	return r
}

// discard is an exporter to nowhere.
type discard struct{}

func (discard) ExportSpans(context.Context, []sdktrace.ReadOnlySpan) error { return nil }
func (discard) Shutdown(context.Context) error                             { return nil }
