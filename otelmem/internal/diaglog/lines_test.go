package diaglog

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"go.opentelemetry.io/otel/trace"

	"github.com/otelmem/otelmem-go/dump"
	"github.com/otelmem/otelmem-go/internal/appframe"
	"github.com/otelmem/otelmem-go/internal/heapprofile"
	"github.com/otelmem/otelmem-go/internal/memstat"
	"github.com/otelmem/otelmem-go/internal/textfmt"
	"github.com/otelmem/otelmem-go/internal/verdict"
	"github.com/otelmem/otelmem-go/otelmem/internal/attribution"
	"github.com/otelmem/otelmem-go/otelmem/internal/health"
	"github.com/otelmem/otelmem-go/otelmem/internal/spanstats"
	"github.com/otelmem/otelmem-go/otelmem/report"
)

// written is what a log writes to its file, without the time of each line, and to
// its logger, as JSON.
func written(t *testing.T, write func(*Log)) (file, logger string) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "memory.log")
	var logged strings.Builder
	l := New(slog.New(slog.NewJSONHandler(&logged, nil)), path, new(health.Parts))
	l.Start()
	write(l)
	if err := l.Close(context.Background()); err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	var lines strings.Builder
	for line := range strings.Lines(string(text)) {
		_, rest, _ := strings.Cut(line, "] ")
		lines.WriteString(rest)
	}
	return lines.String(), logged.String()
}

// say writes lines that are numbered from 1.
func say(l *Log, n int) {
	for i := range n {
		l.write(info(kindInit, fmt.Sprintf("number %d.", i+1)))
	}
}

func TestPeriodicLine(t *testing.T) {
	before := memstat.Snapshot{Time: time.Unix(0, 0), RSS: 100 << 20, HeapObjects: 50 << 20}
	grown := memstat.Snapshot{Time: time.Unix(30, 0), RSS: 110 << 20, HeapObjects: 45 << 20, External: 5 << 20}
	want := "[PERIODIC] Memory: RSS: 110MB, Heap: 45MB, External: 5.0MB; growth: RSS +20.0MB/min, Heap -10.0MB/min, External +10.0MB/min\n"
	if got, _ := written(t, func(l *Log) { l.Periodic(before, grown) }); got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
	shrunk := memstat.Snapshot{Time: time.Unix(30, 0), RSS: 90 << 20, HeapObjects: 40 << 20}
	if got, _ := written(t, func(l *Log) { l.Periodic(before, shrunk) }); got != "" {
		t.Errorf("nothing grew, and the line is %q", got)
	}
}

func TestInitLine(t *testing.T) {
	s := memstat.Snapshot{RSS: 250 << 20, HeapObjects: 150 << 20, External: 30 << 20}
	want := "[INIT] Baseline memory: RSS: 250MB, Heap: 150MB, External: 30MB; limit 1.0GB (cgroup); heap profiles at 50%, 65%\n"
	got, _ := written(t, func(l *Log) {
		l.Init(s, memstat.Limit{Bytes: textfmt.GiB, Source: memstat.SourceCgroup}, []dump.Threshold{{Text: "50%"}, {Text: "65%"}})
	})
	if got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}

func TestSummaryOnlyOfWhatGrew(t *testing.T) {
	of := func(heap int64) string {
		got, _ := written(t, func(l *Log) { l.Summary(spanstats.Totals{Category: "api", Calls: 10, Heap: heap}, 5<<20) })
		return got
	}
	if got := of(20 << 10); got != "" {
		t.Errorf("a summary of 20 KiB in 10 operations: %s", got)
	}
	if got := of(20 << 20); !strings.HasPrefix(got, "[SUMMARY] api: holds 5.0MB, 10 operations; RSS +0MB (mean +0MB), Heap +20MB") {
		t.Errorf("summary %q", got)
	}
}

// A machine finds what a record is about without reading its sentence, and an
// operator finds what to act on by its level.
func TestRecordsHaveALevelAndAttributes(t *testing.T) {
	traceID, spanID := trace.TraceID{1}, trace.SpanID{2}
	context := trace.NewSpanContext(trace.SpanContextConfig{TraceID: traceID, SpanID: spanID})
	leak := &attribution.Operation{
		Name: "GET /api/records", Category: "api_records",
		Usage: heapprofile.Usage{Live: 60 << 20, Error: 5 << 20, Sites: []heapprofile.SiteBytes{{
			Site: appframe.Site{Function: "main.makeRecord", File: "service.go", Line: 60}}}},
		Result: verdict.Result{Reason: "grows", Evidence: verdict.Evidence{Slope: 1000}},
	}
	for name, test := range map[string]struct {
		write func(*Log)
		level string
		attrs map[string]any
	}{
		"leak": {func(l *Log) { l.Leak(leak, []spanstats.Span{{Context: context}}) }, "WARN", map[string]any{
			"kind": "LEAK", "operation": "GET /api/records", "category": "api_records", "live": 60.0 * (1 << 20), "live_error": 5.0 * (1 << 20), "rate": 1000.0,
			"event.name": "otelmem.leak_suspected", "code.function.name": "main.makeRecord", "code.file.path": "service.go", "code.line.number": 60.0, "trace_id": traceID.String(),
		}},
		"dump written": {func(l *Log) {
			l.Dump(dump.Event{Kind: dump.Written, Reason: dump.ReasonThreshold, Threshold: dump.Threshold{Text: "75%"}, File: dump.File{Path: "a.pb.gz", Size: 9}, SpanContext: context})
		}, "INFO", map[string]any{"kind": "DUMP", "event": "written", "reason": "threshold", "threshold": "75%", "path": "a.pb.gz", "size": 9.0, "trace_id": traceID.String()}},
		"dump failed": {func(l *Log) {
			l.Dump(dump.Event{Kind: dump.Failed, Reason: dump.ReasonManual, Err: errors.New("no space left")})
		}, "WARN", map[string]any{"kind": "DUMP", "event": "failed", "reason": "manual", "error": "no space left"}},
		"unclean exit": {func(l *Log) {
			l.Dump(dump.Event{Kind: dump.UncleanExit, Text: "the last process was killed"})
		}, "WARN", map[string]any{"kind": "DUMP", "event": "unclean exit"}},
		"part off": {func(l *Log) {
			l.parts.Disable("metrics", "panic")
			l.Disabled()
		}, "WARN", map[string]any{"kind": "DISABLED", "part": "metrics", "reason": "panic"}},
		"summary": {func(l *Log) {
			l.Summary(spanstats.Totals{Category: "api", Calls: 2, RSS: 4 << 20, Worst: spanstats.Span{Span: report.Span{Operation: "GET /\x1b[31m"}, Context: context}}, -1)
		}, "INFO", map[string]any{"kind": "SUMMARY", "category": "api", "operations": 2.0, "rss_growth": 4.0 * (1 << 20), "operation": "GET /\ufffd[31m", "trace_id": traceID.String()}},
	} {
		t.Run(name, func(t *testing.T) {
			_, logged := written(t, test.write)
			var got map[string]any
			if err := json.Unmarshal([]byte(logged), &got); err != nil {
				t.Fatalf("%v in %s", err, logged)
			}
			if got["level"] != test.level {
				t.Errorf("level %v, want %s", got["level"], test.level)
			}
			for key, want := range test.attrs {
				if got[key] != want {
					t.Errorf("%s is %v, want %v in %s", key, got[key], want, logged)
				}
			}
		})
	}
}

func lastLine(text string) string {
	lines := strings.SplitAfter(strings.TrimSuffix(text, "\n"), "\n")
	return lines[len(lines)-1] + "\n"
}
