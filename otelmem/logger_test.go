package otelmem

import (
	"context"
	"log/slog"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// brokenHandler does what it is made to do with each record.
type brokenHandler struct {
	slog.Handler
	handle func()
}

func (h brokenHandler) Enabled(context.Context, slog.Level) bool { return true }
func (h brokenHandler) Handle(context.Context, slog.Record) error {
	h.handle()
	return nil
}

func TestABrokenLoggerReachesNeitherStartNorShutdown(t *testing.T) {
	forever := make(chan struct{})
	t.Cleanup(func() { close(forever) })
	for name, test := range map[string]struct {
		handle func()
		logged string
	}{
		"it panics": {func() { panic("out of order") }, "[DISABLED] logger: its handler panicked: out of order"},
		"it hangs":  {func() { <-forever }, "[DISABLED] logger: its handler did not return in time"},
	} {
		t.Run(name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "memory.log")
			d := newDiagnostics(t, WithLogFile(path), WithReportInterval(time.Hour), WithLogger(slog.New(brokenHandler{handle: test.handle})))
			tracer, exporter := start(t, d, nil)
			_, span := tracer.Start(t.Context(), "request")
			span.End()
			if len(exporter.GetSpans()) != 1 {
				t.Error("the span was not exported")
			}
			if _, err := d.Report(t.Context()); err != nil {
				t.Errorf("Report: %v", err)
			}
			if err := d.Shutdown(t.Context()); err != nil {
				t.Errorf("Shutdown: %v", err)
			}
			if log := readLog(t, path); !strings.Contains(log, test.logged) || !strings.Contains(log, "[SHUTDOWN]") {
				t.Errorf("the log file lacks %q or its end:\n%s", test.logged, log)
			}
		})
	}
}

// The commonest set-up there is in a container: a root file system that is
// read-only. A file where the log's folder is to be stands for it.
func TestALogFileThatCannotBeMadeIsInTheReport(t *testing.T) {
	d := newDiagnostics(t, WithLogFile(filepath.Join("/dev/null", "memory.log")))
	start(t, d, nil)
	r, err := d.Report(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if len(r.Disabled) != 1 || r.Disabled[0].Part != "log file" || !strings.Contains(r.Disabled[0].Reason, "/dev/null/memory.log") {
		t.Errorf("%v are off, want the log file", r.Disabled)
	}
}
