package otelmem

import (
	"context"
	"log/slog"
	"strings"
	"testing"
	"time"

	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/sdk/trace/tracetest"

	"github.com/otelmem/otelmem-go/internal/attrs"
)

// What alerts lead to leaves the process, whatever the service's sampler keeps.
func TestEventSpansOfHeapProfilesPassHeadSampling(t *testing.T) {
	const dumps = 20
	for name, test := range map[string]struct {
		wrap func(*Diagnostics, sdktrace.Sampler) sdktrace.Sampler
		want int
	}{
		"wrapped": {(*Diagnostics).Sampler, dumps},
		"not":     {func(_ *Diagnostics, s sdktrace.Sampler) sdktrace.Sampler { return s }, 0},
	} {
		t.Run(name, func(t *testing.T) {
			d := newDiagnostics(t)
			exporter := tracetest.NewInMemoryExporter()
			tp := sdktrace.NewTracerProvider(sdktrace.WithSampler(test.wrap(d, sdktrace.NeverSample())),
				sdktrace.WithSpanProcessor(d.SpanProcessor(sdktrace.NewSimpleSpanProcessor(exporter))))
			if err := d.Start(t.Context(), tp, nil); err != nil {
				t.Fatal(err)
			}
			for range dumps {
				if _, err := d.Dump(t.Context(), "by hand"); err != nil {
					t.Fatal(err)
				}
				_, span := tp.Tracer("service").Start(t.Context(), "request")
				span.End()
			}
			r, err := d.Report(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			got := 0
			for _, s := range exporter.GetSpans() {
				if s.Name != attrs.EventHeapProfileWritten {
					t.Errorf("%s left, which was not sampled", s.Name)
				}
				got++
			}
			if got != test.want {
				t.Errorf("%d event spans left, want %d", got, test.want)
			}
			if calls := d.spans.Statistics.Calls(); (calls == dumps) != (test.want > 0) {
				t.Errorf("%d requests were measured", calls)
			}
			if told := strings.Contains(strings.Join(r.Notices, "\n"), droppedEvents); told != (test.want == 0) {
				t.Errorf("notices %q", r.Notices)
			}
		})
	}
}

func TestSpansThatTheSamplerDropsAreTold(t *testing.T) {
	dir := t.TempDir()
	for ratio, want := range map[float64]int{0.01: 1, 1: 0} {
		log := logged(t, func(t *testing.T, logger *slog.Logger) {
			d, err := New(WithEnabled(true), WithDumpDir(dir), WithLogFile("none"), WithLogger(logger))
			if err != nil {
				t.Fatal(err)
			}
			tp := sdktrace.NewTracerProvider(sdktrace.WithSampler(sdktrace.TraceIDRatioBased(ratio)), sdktrace.WithSpanProcessor(d.SpanProcessor(nil)))
			if err := d.Start(context.Background(), tp, nil); err != nil {
				t.Fatal(err)
			}
			for range 40_000 {
				_, span := tp.Tracer("service").Start(context.Background(), "request")
				span.End()
			}
			time.Sleep(2 * noticeAfter)
			if err := d.Shutdown(context.Background()); err != nil {
				t.Fatal(err)
			}
		})
		if got := strings.Count(log, "the sampler drops spans"); got != want {
			t.Errorf("ratio %v: told %d times, want %d:\n%s", ratio, got, want, log)
		}
	}
}

func TestSamplerIsTheServicesOwnWhereDiagnosticsAreOff(t *testing.T) {
	var off *Diagnostics
	if s := sdktrace.NeverSample(); off.Sampler(s) != s {
		t.Error("the sampler is wrapped")
	}
	if got := off.Sampler(nil).Description(); !strings.HasPrefix(got, "ParentBased{root:AlwaysOnSampler") {
		t.Errorf("the default is %s", got)
	}
}

func TestADroppedEventIsLoggedOnce(t *testing.T) {
	dir := t.TempDir()
	log := logged(t, func(t *testing.T, logger *slog.Logger) {
		d, err := New(WithEnabled(true), WithDumpDir(dir), WithLogFile("none"), WithLogger(logger))
		if err != nil {
			t.Fatal(err)
		}
		tp := sdktrace.NewTracerProvider(sdktrace.WithSampler(sdktrace.NeverSample()), sdktrace.WithSpanProcessor(d.SpanProcessor(nil)))
		if err := d.Start(context.Background(), tp, nil); err != nil {
			t.Fatal(err)
		}
		for range 3 {
			if _, err := d.Dump(context.Background(), "by hand"); err != nil {
				t.Fatal(err)
			}
		}
		time.Sleep(2 * noticeAfter)
		if err := d.Shutdown(context.Background()); err != nil {
			t.Fatal(err)
		}
	})
	if got := strings.Count(log, droppedEvents); got != 1 {
		t.Errorf("logged %d times:\n%s", got, log)
	}
}
