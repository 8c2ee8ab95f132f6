package faults

import (
	"context"
	"errors"
	"log/slog"
	"testing"
	"time"

	sdkmetric "go.opentelemetry.io/otel/sdk/metric"
	"go.opentelemetry.io/otel/sdk/metric/metricdata"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"

	"github.com/otelmem/otelmem-go/otelmem"
)

// This file has code of the application that breaks.

// breakable is others' code that hangs, panics or fails when told to.
type breakable struct {
	how     string
	broken  chan struct{} // open while it is to break
	release chan struct{}
}

func newBreakable(how string) *breakable {
	return &breakable{how: how, broken: make(chan struct{}), release: make(chan struct{})}
}

func (b *breakable) mend() { close(b.broken); close(b.release) }

func (b *breakable) act() error {
	select {
	case <-b.broken:
		return nil
	default:
	}
	switch b.how {
	case "hangs":
		<-b.release
	case "panics":
		panic("broken")
	case "fails":
		return errors.New("broken")
	}
	return nil
}

type brokenHandler struct {
	slog.Handler
	*breakable
}

func (h brokenHandler) Handle(context.Context, slog.Record) error { return h.act() }
func (h brokenHandler) Enabled(context.Context, slog.Level) bool  { return true }
func (h brokenHandler) WithAttrs([]slog.Attr) slog.Handler        { return h }
func (h brokenHandler) WithGroup(string) slog.Handler             { return h }

func TestALoggerThatBreaks(t *testing.T) {
	for _, how := range []string{"hangs", "panics", "fails"} {
		t.Run(how, func(t *testing.T) {
			handler := brokenHandler{breakable: newBreakable(how)}
			v := start(t, setUp{handler: handler, options: []otelmem.Option{otelmem.WithGrowthLogMin(1)}})
			v.goesOn()
			v.shows("logger")
			handler.mend()
			if how != "panics" { // such a handler gets no more
				v.recovers("logger")
			}
		})
	}
}

func TestACategorizerThatBreaks(t *testing.T) {
	for _, how := range []string{"hangs", "panics"} {
		t.Run(how, func(t *testing.T) {
			b := newBreakable(how)
			v := start(t, setUp{options: []otelmem.Option{otelmem.WithCategorizer(func(otelmem.Operation) string {
				_ = b.act()
				return ""
			})}})
			v.goesOn()
			v.shows("categorizer")
			from := v.requests.Load() // more than wait to be counted
			v.eventually("requests go on", func() bool { return v.requests.Load() > from+5000 })
			b.mend()
			if !testing.Short() {
				v.recovers("categorizer")
			}
		})
	}
}

type brokenExporter struct{ *breakable }

func (e brokenExporter) ExportSpans(context.Context, []sdktrace.ReadOnlySpan) error { return e.act() }
func (e brokenExporter) Shutdown(context.Context) error                             { return nil }

func TestAnExporterThatBreaks(t *testing.T) {
	for name, test := range map[string]struct {
		how  string
		next func(sdktrace.SpanExporter) sdktrace.SpanProcessor
		part string
	}{
		"hangs":            {"hangs", func(e sdktrace.SpanExporter) sdktrace.SpanProcessor { return sdktrace.NewBatchSpanProcessor(e) }, ""},
		"fails":            {"fails", func(e sdktrace.SpanExporter) sdktrace.SpanProcessor { return sdktrace.NewBatchSpanProcessor(e) }, ""},
		"panics at an end": {"panics", sdktrace.NewSimpleSpanProcessor, "next span processor"},
	} {
		t.Run(name, func(t *testing.T) {
			b := newBreakable(test.how)
			v := start(t, setUp{next: test.next(brokenExporter{b})})
			v.goesOn()
			if _, err := v.mem.Dump(t.Context(), "beside it"); err != nil {
				t.Error(err)
			}
			if test.part != "" {
				v.shows(test.part)
			}
			b.mend()
			v.goesOn()
		})
	}
}

type brokenMetricExporter struct{ *breakable }

func (e brokenMetricExporter) Temporality(kind sdkmetric.InstrumentKind) metricdata.Temporality {
	return sdkmetric.DefaultTemporalitySelector(kind)
}
func (e brokenMetricExporter) Aggregation(kind sdkmetric.InstrumentKind) sdkmetric.Aggregation {
	return sdkmetric.DefaultAggregationSelector(kind)
}
func (e brokenMetricExporter) Export(context.Context, *metricdata.ResourceMetrics) error {
	return e.act()
}
func (e brokenMetricExporter) ForceFlush(context.Context) error { return nil }
func (e brokenMetricExporter) Shutdown(context.Context) error   { return nil }

// What it hangs for is more than the end of diagnostics waits for the last export.
func TestAMetricExporterThatBreaks(t *testing.T) {
	for _, how := range []string{"hangs", "fails"} {
		t.Run(how, func(t *testing.T) {
			b := newBreakable(how)
			v := start(t, setUp{reader: sdkmetric.NewPeriodicReader(brokenMetricExporter{b}, sdkmetric.WithInterval(10*time.Millisecond))})
			v.goesOn()
			v.eventually("metrics are counted", func() bool { return v.count("otelmem.operations") > 200 })
			began := time.Now()
			if err := v.mem.Shutdown(t.Context()); err != nil {
				t.Errorf("Shutdown: %v", err)
			}
			if took := time.Since(began); took > 5*time.Second {
				t.Errorf("Shutdown took %v beside an exporter that %s", took, how)
			}
			v.goesOn()
			b.mend()
		})
	}
}

func TestProvidersThatAreShutDownFirst(t *testing.T) {
	v := start(t, setUp{})
	if err := v.tp.Shutdown(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := v.meters.Shutdown(t.Context()); err != nil {
		t.Fatal(err)
	}
	v.goesOn()
	if _, err := v.mem.Dump(t.Context(), "after them"); err != nil {
		t.Error(err)
	}
}

func TestShutdownBesideALoggerThatHangs(t *testing.T) {
	handler := brokenHandler{breakable: newBreakable("hangs")}
	defer handler.mend()
	mem, err := otelmem.New(otelmem.WithEnabled(true), otelmem.WithDumpDir(t.TempDir()), otelmem.WithLogFile("none"), otelmem.WithLogger(slog.New(handler)))
	if err != nil {
		t.Fatal(err)
	}
	if err := mem.Start(t.Context(), nil, nil); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
	defer cancel()
	began := time.Now()
	_ = mem.Shutdown(ctx)
	if took := time.Since(began); took > 2*time.Second {
		t.Errorf("Shutdown took %v for a context of 100 ms", took)
	}
}
