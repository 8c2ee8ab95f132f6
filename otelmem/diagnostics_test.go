package otelmem

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"os"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/metric"
	sdkmetric "go.opentelemetry.io/otel/sdk/metric"
	"go.opentelemetry.io/otel/sdk/metric/metricdata"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/sdk/trace/tracetest"
	"go.opentelemetry.io/otel/trace"

	"github.com/otelmem/otelmem-go/otelmem/report"
)

func newDiagnostics(t *testing.T, opts ...Option) *Diagnostics {
	t.Helper()
	d, err := New(append([]Option{WithEnabled(true), WithDumpDir(t.TempDir()), WithLogFile("none")}, opts...)...)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := d.Shutdown(context.Background()); err != nil {
			t.Error(err)
		}
	})
	return d
}

func start(t *testing.T, d *Diagnostics, mp metric.MeterProvider) (trace.Tracer, *tracetest.InMemoryExporter) {
	t.Helper()
	exporter := tracetest.NewInMemoryExporter()
	tp := sdktrace.NewTracerProvider(sdktrace.WithSpanProcessor(d.SpanProcessor(sdktrace.NewSimpleSpanProcessor(exporter))))
	if err := d.Start(t.Context(), tp, mp); err != nil {
		t.Fatal(err)
	}
	return tp.Tracer("test"), exporter
}

var kept [][]byte

// grow keeps bytes on the heap until the test ends. Who measures it wants
// WithResolution(1): by the budget, spans in a burst share readings.
func grow(t *testing.T, n int) {
	kept = append(kept, bytes.Repeat([]byte{1}, n))
	t.Cleanup(func() { kept = nil })
}

func TestOffMeansNothing(t *testing.T) {
	for name, value := range map[string]string{"unset": "", "false": "false", "0": "0", "off": "off"} {
		t.Run(name, func(t *testing.T) {
			t.Setenv(envEnabled, value)
			t.Chdir(t.TempDir())
			d, err := New()
			if err != nil {
				t.Fatal(err)
			}
			next := sdktrace.NewSimpleSpanProcessor(tracetest.NewInMemoryExporter())
			if got := d.SpanProcessor(next); got != next {
				t.Error("SpanProcessor did not return next itself")
			}
			reader := sdkmetric.NewManualReader()
			if err := d.Start(t.Context(), sdktrace.NewTracerProvider(), sdkmetric.NewMeterProvider(sdkmetric.WithReader(reader))); err != nil {
				t.Error(err)
			}
			ctx, end := d.Track(t.Context(), "job")
			end()
			if ctx != t.Context() {
				t.Error("Track changed the context")
			}
			if _, err := d.Report(t.Context()); !errors.Is(err, ErrDisabled) {
				t.Errorf("Report: %v, want ErrDisabled", err)
			}
			if _, err := d.Dump(t.Context(), "x"); !errors.Is(err, ErrDisabled) {
				t.Errorf("Dump: %v, want ErrDisabled", err)
			}
			if err := d.Shutdown(t.Context()); err != nil {
				t.Error(err)
			}
			if got := collect(t, reader); len(got) != 0 {
				t.Errorf("instruments exist: %v", got)
			}
			if files, err := os.ReadDir("."); err != nil || len(files) != 0 {
				t.Errorf("files exist: %v, %v", files, err)
			}
		})
	}
}

func TestLifeCycle(t *testing.T) {
	d := newDiagnostics(t)
	start(t, d, nil)
	if err := d.Start(t.Context(), nil, nil); err == nil {
		t.Error("second Start: want an error")
	}
	for range 2 {
		if err := d.Shutdown(t.Context()); err != nil {
			t.Error(err)
		}
	}
	if err := d.Start(t.Context(), nil, nil); err == nil {
		t.Error("Start after Shutdown: want an error")
	}
}

func TestSpansAfterShutdownPassUnchanged(t *testing.T) {
	d := newDiagnostics(t)
	tracer, exporter := start(t, d, nil)
	if err := d.Shutdown(t.Context()); err != nil {
		t.Fatal(err)
	}
	_, span := tracer.Start(t.Context(), "late")
	span.End()
	if n := len(exporter.GetSpans()[0].Attributes); n != 0 {
		t.Errorf("%d attributes on a span after Shutdown", n)
	}
}

func collect(t *testing.T, reader *sdkmetric.ManualReader) map[string]metricdata.Metrics {
	t.Helper()
	var rm metricdata.ResourceMetrics
	if err := reader.Collect(t.Context(), &rm); err != nil {
		t.Fatal(err)
	}
	metrics := make(map[string]metricdata.Metrics)
	for _, scope := range rm.ScopeMetrics {
		for _, m := range scope.Metrics {
			metrics[m.Name] = m
		}
	}
	return metrics
}

func TestMetricsHoldEverySpanThatEndedBefore(t *testing.T) {
	d := newDiagnostics(t)
	reader := sdkmetric.NewManualReader()
	tracer, _ := start(t, d, sdkmetric.NewMeterProvider(sdkmetric.WithReader(reader)))
	const spans = 10_017 // more than wait at once
	for range spans {
		_, span := tracer.Start(t.Context(), "op")
		span.End()
	}
	sum, ok := collect(t, reader)["otelmem.operations"].Data.(metricdata.Sum[int64])
	if !ok || len(sum.DataPoints) != 1 || sum.DataPoints[0].Value != spans {
		t.Errorf("otelmem.operations: %+v, want %d", sum.DataPoints, spans)
	}
}

func TestCategoriesAreBoundedAndTheOverflowIsVisible(t *testing.T) {
	d := newDiagnostics(t, WithMaxOperations(50), WithCategorizer(func(op Operation) string { return op.Name }))
	reader := sdkmetric.NewManualReader()
	tracer, _ := start(t, d, sdkmetric.NewMeterProvider(sdkmetric.WithReader(reader)))
	for i := range 500 {
		_, span := tracer.Start(t.Context(), strings.Repeat("x", i+1))
		span.End()
	}
	metrics := collect(t, reader)
	sum := metrics["otelmem.operations"].Data.(metricdata.Sum[int64])
	if n := len(sum.DataPoints); n > 52 {
		t.Errorf("%d categories, want at most the bound and _overflow", n)
	}
	overflowed := metrics["otelmem.self.operation.overflowed"].Data.(metricdata.Sum[int64])
	if len(overflowed.DataPoints) != 1 || overflowed.DataPoints[0].Value == 0 {
		t.Errorf("the overflow is not visible: %+v", overflowed.DataPoints)
	}
}

func TestReportNamesTheOperationThatGrew(t *testing.T) {
	d := newDiagnostics(t, WithResolution(1))
	tracer, _ := start(t, d, nil)
	runtime.GC()
	for range 10 {
		_, span := tracer.Start(t.Context(), "innocent")
		span.End()
	}
	_, span := tracer.Start(t.Context(), "evil\x1b[31m\nname")
	grow(t, 32<<20)
	span.End()
	r, err := d.Report(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	evil := slices.IndexFunc(r.Operations, func(o report.Operation) bool { return strings.HasPrefix(o.Name, "evil") })
	if evil < 0 || r.Operations[evil].Growth.Share < 30<<20 || r.Operations[evil].Calls != 1 {
		t.Errorf("operations: %+v", r.Operations)
	}
	text := r.String()
	if !strings.Contains(text, "evil") || strings.ContainsAny(text, "\x1b") || strings.Contains(text, "\nname") {
		t.Errorf("report:\n%s", text)
	}
	encoded, err := r.JSON()
	if err != nil {
		t.Fatal(err)
	}
	var decoded report.Report
	if err := json.Unmarshal(encoded, &decoded); err != nil || decoded.Headline != r.Headline || decoded.Operations[evil].Growth.Calls != 1 {
		t.Errorf("JSON does not come back: %v\n%s", err, encoded)
	}
}

func TestTrackIsASpanOfItsOwn(t *testing.T) {
	d := newDiagnostics(t)
	tracer, exporter := start(t, d, nil)
	ctx, parent := tracer.Start(t.Context(), "parent")
	_, end := d.Track(ctx, "gun sync", Detail("batch 12"))
	end()
	end()
	parent.End()
	spans := exporter.GetSpans()
	if len(spans) != 2 || spans[0].Name != "gun sync" || spans[0].Parent.SpanID() != parent.SpanContext().SpanID() {
		t.Fatalf("spans: %v", spans.Snapshots())
	}
	got := make(map[string]string)
	for _, kv := range spans[0].Attributes {
		got[string(kv.Key)] = kv.Value.Emit()
	}
	if got["otelmem.category"] != "gun_sync" || got["otelmem.detail"] != "batch 12" {
		t.Errorf("attributes: %v", got)
	}
}

var logLine = regexp.MustCompile(`^\[\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z\] \[[A-Z]+\] \S.*$`)

func TestLogFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "logs", "memory.log")
	var slogged bytes.Buffer
	d := newDiagnostics(t, WithResolution(1), WithLogFile(path), WithLogger(slog.New(slog.NewTextHandler(&slogged, nil))))
	tracer, _ := start(t, d, nil)
	runtime.GC() // garbage that is swept meanwhile would hide the growth
	_, span := tracer.Start(t.Context(), "forged\n[2025-11-26T10:00:00.000Z] [DUMP] nothing")
	grow(t, 20<<20)
	span.End()
	if _, err := d.Dump(t.Context(), "test"); err != nil {
		t.Fatal(err)
	}
	if err := d.Shutdown(t.Context()); err != nil {
		t.Fatal(err)
	}
	text := readLog(t, path)
	for line := range strings.SplitSeq(strings.TrimSpace(text), "\n") {
		if !logLine.MatchString(line) {
			t.Errorf("line %q is not of the form [time] [KIND] text", line)
		}
	}
	for _, want := range []string{
		"] [INIT] Baseline memory: RSS: ", "] [GROWTH] forged", ": RSS ", "] [DUMP] Heap profile written: ", "go tool pprof", "] [SUMMARY] ", "] [SHUTDOWN] Final memory: ",
	} {
		if strings.Count(text, want) == 0 {
			t.Errorf("no line with %q in\n%s", want, text)
		}
	}
	if strings.Contains(text, "\n[2025-11-26") {
		t.Error("a span's name forged a line")
	}
	if !strings.Contains(slogged.String(), "kind=INIT") {
		t.Errorf("the logger got %s", slogged.String())
	}
}

func readLog(t *testing.T, path string) string {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// Query strings can hold secrets: they are in the log only when asked for.
func TestGrowthLineHasTheQueryOnlyWhenAskedFor(t *testing.T) {
	for _, attr := range []attribute.KeyValue{attribute.String("url.query", "limit=1000"), attribute.String("http.target", "/api/records?limit=1000")} {
		for asked, want := range map[bool]string{true: "[GROWTH] GET /api/records (?limit=1000): RSS ", false: "[GROWTH] GET /api/records: RSS "} {
			synctest.Test(t, func(t *testing.T) {
				path := filepath.Join(t.TempDir(), "memory.log")
				d := newDiagnostics(t, WithResolution(1), WithLogQuery(asked), WithLogFile(path))
				tracer, _ := start(t, d, nil)
				synctest.Wait()              // a span has the reading before its own where another reads just then
				time.Sleep(time.Microsecond) // past the resolution
				runtime.GC()                 // garbage that is swept meanwhile would hide the growth
				_, span := tracer.Start(t.Context(), "GET", trace.WithSpanKind(trace.SpanKindServer), trace.WithAttributes(
					attribute.String("http.request.method", "GET"), attribute.String("http.route", "/api/records"), attr))
				grow(t, 20<<20)
				time.Sleep(time.Microsecond)
				span.End()
				if err := d.Shutdown(t.Context()); err != nil {
					t.Fatal(err)
				}
				log := readLog(t, path)
				if !strings.Contains(log, want) || !asked && strings.Contains(log, "limit=1000") {
					t.Errorf("asked for the query %t, want %q:\n%s", asked, want, log)
				}
			})
		}
	}
}

func TestPeriodicLinesComeEachIntervalAndOnlyWhenMemoryGrew(t *testing.T) {
	runtime.GC() // garbage that is swept meanwhile would hide the growth
	synctest.Test(t, func(t *testing.T) {
		path := filepath.Join(t.TempDir(), "memory.log")
		d, err := New(WithEnabled(true), WithDumpDir(t.TempDir()), WithLogFile(path), WithReportInterval(time.Minute))
		if err != nil {
			t.Fatal(err)
		}
		if err := d.Start(t.Context(), nil, nil); err != nil {
			t.Fatal(err)
		}
		grow(t, 8<<20)
		time.Sleep(61 * time.Second)
		synctest.Wait()
		if err := d.Shutdown(t.Context()); err != nil {
			t.Fatal(err)
		}
		log := readLog(t, path)
		if n := strings.Count(log, "[PERIODIC]"); n != 1 || !strings.Contains(log, "MB/min") {
			t.Errorf("%d periodic lines in a minute:\n%s", n, log)
		}
	})
}
