package otelmem

import (
	"bytes"
	"context"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/trace"
)

// logged runs do in a bubble and returns the log that it left.
func logged(t *testing.T, do func(t *testing.T, logger *slog.Logger)) string {
	t.Helper()
	var log bytes.Buffer
	synctest.Test(t, func(t *testing.T) { do(t, slog.New(slog.NewTextHandler(&log, nil))) })
	return log.String()
}

func TestAForgottenStartIsLoggedOnce(t *testing.T) {
	for name, option := range map[string]Option{"on": WithEnabled(true), "in standby": WithStandby()} {
		t.Run(name, func(t *testing.T) {
			file := filepath.Join(t.TempDir(), "memory.log")
			log := logged(t, func(t *testing.T, logger *slog.Logger) {
				d, err := New(option, WithDumpDir(filepath.Dir(file)), WithLogFile(file), WithLogger(logger))
				if err != nil {
					t.Fatal(err)
				}
				time.Sleep(5 * noticeAfter)
				if err := d.Shutdown(context.Background()); err != nil {
					t.Fatal(err)
				}
			})
			written, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			const want = "Start was not called"
			if strings.Count(log, want) != 1 || !strings.Contains(log, "level=WARN") || strings.Count(string(written), want) != 1 {
				t.Errorf("logger %q, file %q, want one warning", log, written)
			}
		})
	}
}

func TestAProcessorThatNoSpanPassesIsLoggedOnce(t *testing.T) {
	dir := t.TempDir()
	for name, test := range map[string]struct {
		option Option
		enable bool
		spans  bool
		want   int
	}{
		"no span":                {WithEnabled(true), false, false, 1},
		"spans":                  {WithEnabled(true), false, true, 0},
		"standby":                {WithStandby(), false, false, 0},
		"no span since standby":  {WithStandby(), true, false, 1},
		"one span since standby": {WithStandby(), true, true, 0},
	} {
		t.Run(name, func(t *testing.T) {
			log := logged(t, func(t *testing.T, logger *slog.Logger) {
				d, err := New(test.option, WithDumpDir(dir), WithLogFile("none"), WithLogger(logger))
				if err != nil {
					t.Fatal(err)
				}
				tp := sdktrace.NewTracerProvider(sdktrace.WithSpanProcessor(d.SpanProcessor(nil)))
				if err := d.Start(context.Background(), tp, nil); err != nil {
					t.Fatal(err)
				}
				if test.enable {
					time.Sleep(5 * noticeAfter)
					if err := d.Enable(context.Background()); err != nil {
						t.Fatal(err)
					}
				}
				if test.spans {
					_, span := tp.Tracer("test").Start(context.Background(), "work")
					span.End()
				}
				time.Sleep(5 * noticeAfter)
				if err := d.Shutdown(context.Background()); err != nil {
					t.Fatal(err)
				}
			})
			if got := strings.Count(log, "no span has passed"); got != test.want {
				t.Errorf("logged %d times, want %d:\n%s", got, test.want, log)
			}
		})
	}
}

func TestEnableIsLoggedOnce(t *testing.T) {
	dir := t.TempDir()
	log := logged(t, func(t *testing.T, logger *slog.Logger) {
		d, err := New(WithStandby(), WithDumpDir(dir), WithLogFile("none"), WithLogger(logger))
		if err != nil {
			t.Fatal(err)
		}
		if err := d.Start(context.Background(), nil, nil); err != nil {
			t.Fatal(err)
		}
		for range 2 {
			if err := d.Enable(context.Background()); err != nil {
				t.Fatal(err)
			}
		}
		if err := d.Shutdown(context.Background()); err != nil {
			t.Fatal(err)
		}
	})
	if strings.Count(log, "were in standby and are on from now") != 1 || !strings.Contains(log, "level=WARN") {
		t.Errorf("the log is %q, want one warning", log)
	}
}

func TestAForgottenStartAndAProcessorWithoutSpansAreReported(t *testing.T) {
	dir := t.TempDir()
	synctest.Test(t, func(t *testing.T) {
		d, err := New(WithEnabled(true), WithDumpDir(dir), WithLogFile("none"))
		if err != nil {
			t.Fatal(err)
		}
		noticed := func(word string) bool {
			t.Helper()
			r, err := d.Report(context.Background())
			if err != nil {
				t.Fatal(err)
			}
			said := strings.Contains(strings.Join(r.Notices, "\n"), word)
			if said != strings.Contains(r.String(), word) {
				t.Errorf("the text does not say what the data does about %q", word)
			}
			return said
		}
		if !noticed("Start was not called") || noticed("no span") {
			t.Error("before Start, the report must say that it was forgotten, and nothing of spans yet")
		}
		tp := sdktrace.NewTracerProvider(sdktrace.WithSpanProcessor(d.SpanProcessor(nil)))
		if err := d.Start(context.Background(), tp, nil); err != nil {
			t.Fatal(err)
		}
		time.Sleep(2 * noticeAfter)
		synctest.Wait()
		if noticed("Start was not called") || !noticed("no span has passed") {
			t.Error("after minutes without a span, the report must say so, and nothing of Start")
		}
		_, span := tp.Tracer("test").Start(context.Background(), "work")
		if noticed("no span has passed") {
			t.Error("a span is in flight")
		}
		span.End()
		if noticed("no span has passed") {
			t.Error("a span has ended")
		}
		if err := d.Shutdown(context.Background()); err != nil {
			t.Fatal(err)
		}
	})
}

// Where no processor can be wrapped, as with otelconf or a vendor's own SDK.
func TestAWrappedProviderNeedsNoProcessorAndNoSampler(t *testing.T) {
	dir := t.TempDir()
	for name, test := range map[string]struct {
		wrap func(*Diagnostics, trace.TracerProvider) trace.TracerProvider
		want int // notices
	}{
		"wrapped": {(*Diagnostics).TracerProvider, 0},
		"not":     {func(_ *Diagnostics, next trace.TracerProvider) trace.TracerProvider { return next }, 1},
	} {
		t.Run(name, func(t *testing.T) {
			log := logged(t, func(t *testing.T, logger *slog.Logger) {
				d, err := New(WithEnabled(true), WithDumpDir(dir), WithLogFile("none"), WithLogger(logger))
				if err != nil {
					t.Fatal(err)
				}
				tp := test.wrap(d, sdktrace.NewTracerProvider(sdktrace.WithSampler(sdktrace.TraceIDRatioBased(0.01))))
				if err := d.Start(context.Background(), tp, nil); err != nil {
					t.Fatal(err)
				}
				for range 40_000 {
					_, span := tp.Tracer("service").Start(context.Background(), "request")
					span.End()
				}
				time.Sleep(2 * noticeAfter)
				r, err := d.Report(context.Background())
				if err != nil {
					t.Fatal(err)
				}
				if len(r.Notices) != test.want {
					t.Errorf("notices %q, want %d", r.Notices, test.want)
				}
				if err := d.Shutdown(context.Background()); err != nil {
					t.Fatal(err)
				}
			})
			if got := strings.Count(log, "level=WARN"); got != test.want {
				t.Errorf("logged %d warnings, want %d:\n%s", got, test.want, log)
			}
		})
	}
}

func TestAProviderIsTheServicesOwnWhereDiagnosticsAreOff(t *testing.T) {
	var off *Diagnostics
	if tp := sdktrace.NewTracerProvider(); off.TracerProvider(tp) != tp {
		t.Error("the provider is wrapped")
	}
	if tp := newDiagnostics(t).TracerProvider(nil); tp != nil {
		t.Errorf("no provider became %v", tp)
	}
}
