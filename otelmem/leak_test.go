package otelmem_test

import (
	"bytes"
	"context"
	"log/slog"
	"runtime"
	"runtime/debug"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"go.opentelemetry.io/otel/attribute"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/sdk/trace/tracetest"
	"go.opentelemetry.io/otel/trace"

	"github.com/otelmem/otelmem-go/internal/attrs"
	"github.com/otelmem/otelmem-go/otelmem"
	"github.com/otelmem/otelmem-go/otelmem/report"
)

// An operation that keeps what it allocates is told of once, with links to spans
// that bear the mark by which a sampler keeps them.
func TestLeakIsToldOnceWithExamplesThatAreMarked(t *testing.T) {
	otelmem.SampleFinely(t)
	const minutes = 6
	dir := t.TempDir()
	var log bytes.Buffer
	exporter := tracetest.NewInMemoryExporter()
	var kept [][]byte
	var spans tracetest.SpanStubs
	var r *report.Report
	// A limit that is far away: the event says when it is reached.
	defer debug.SetMemoryLimit(debug.SetMemoryLimit(64 << 30))
	runtime.GC() // what an earlier run kept
	runtime.GC()
	synctest.Test(t, func(t *testing.T) {
		d, err := otelmem.New(otelmem.WithEnabled(true), otelmem.WithDumpDir(dir), otelmem.WithLogFile("none"),
			otelmem.WithReportInterval(time.Minute), otelmem.WithLogger(slog.New(slog.NewTextHandler(&log, nil))))
		if err != nil {
			t.Fatal(err)
		}
		tp := sdktrace.NewTracerProvider(sdktrace.WithSpanProcessor(d.SpanProcessor(sdktrace.NewSimpleSpanProcessor(exporter))))
		if err := d.Start(context.Background(), tp, nil); err != nil {
			t.Fatal(err)
		}
		tracer := tp.Tracer("jobs")
		run := func(name string, keep int) {
			ctx, span := tracer.Start(context.Background(), name)
			defer span.End()
			otelmem.Do(ctx, name, func(context.Context) {
				if b := make([]byte, 1<<20); keep > 0 {
					kept = append(kept, b)
				}
			})
		}
		for range minutes {
			for range 20 {
				run("leaks nightly", 1)
				run("leaves nothing", 0)
				time.Sleep(3 * time.Second)
			}
			runtime.GC()
			runtime.GC()
		}
		if r, err = d.Report(context.Background()); err != nil {
			t.Fatal(err)
		}
		if err := d.Shutdown(context.Background()); err != nil {
			t.Fatal(err)
		}
		spans = exporter.GetSpans()
		_ = tp.Shutdown(context.Background())
	})
	runtime.KeepAlive(kept)

	if n := strings.Count(log.String(), "LEAK"); n != 1 {
		t.Errorf("%d LEAK lines, want one:\n%s", n, log.String())
	}
	events := slices.DeleteFunc(slices.Clone(spans), func(s tracetest.SpanStub) bool { return s.Name != attrs.EventLeakSuspected })
	if len(events) != 1 {
		t.Fatalf("%d events, want one", len(events))
	}
	event := attribute.NewSet(events[0].Attributes...)
	if left, ok := event.Value(attrs.SecondsToLimit); !ok || left.AsFloat64() <= 0 {
		t.Errorf("no time to the limit among %v", events[0].Attributes)
	}
	// What the process did while it reported is no operation.
	measured := slices.ContainsFunc(r.Operations, func(o report.Operation) bool { return strings.HasPrefix(o.Name, "otelmem.") })
	if event.HasValue(attrs.HeapGrowth) || measured {
		t.Errorf("the event was measured: %v, as an operation: %t", events[0].Attributes, measured)
	}
	if name, _ := event.Value(attrs.Operation); name.AsString() != "leaks nightly" {
		t.Errorf("the event is of %q", name.AsString())
	}
	if sites, _ := event.Value(attrs.Sites); len(sites.AsStringSlice()) == 0 || !strings.Contains(sites.AsStringSlice()[0], "leak_test.go:") {
		t.Errorf("sites %v, want this file", sites.AsStringSlice())
	}

	const each = 8 // between two reports
	marked := make(map[trace.SpanID]bool)
	innocent := 0
	for _, s := range spans {
		switch bears := slices.Contains(s.Attributes, attrs.LeakExample.Bool(true)); {
		case bears && s.Name == "leaks nightly":
			marked[s.SpanContext.SpanID()] = true
		case bears:
			innocent++
		}
	}
	// A collection can find some garbage alive, time after time, on a machine that is
	// busy: then it rises for a moment.
	if innocent > each {
		t.Errorf("%d spans of what leaves nothing are marked", innocent)
	}
	led := 0
	for _, link := range events[0].Links {
		is := marked[link.SpanContext.SpanID()]
		if slices.Contains(link.Attributes, attrs.LeakExample.Bool(true)) != is {
			t.Errorf("link %v, marked %t", link.Attributes, is)
		}
		if is {
			led++
		}
	}
	if led < each || len(events[0].Links) <= led || len(events[0].Links) > 32 {
		t.Errorf("%d of %d links lead to marked spans, want %d or more, and others beside them", led, len(events[0].Links), each)
	}
	if o := r.Operations[0]; o.Name != "leaks nightly" || len(o.Examples) != each ||
		!strings.Contains(r.String(), "Traces of leaks nightly: "+o.Examples[0].TraceID) {
		t.Errorf("the report has %d examples of %s:\n%s", len(o.Examples), o.Name, r)
	}
	// Fresh ones come with each report as long as it grows, and no more than that.
	if len(marked) < 2*each || len(marked) > minutes*each {
		t.Errorf("%d spans of %d are marked", len(marked), minutes*20)
	}
}
