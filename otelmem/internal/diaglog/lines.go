package diaglog

import (
	"fmt"
	"strings"
	"time"

	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	semconv "go.opentelemetry.io/otel/semconv/v1.43.0"

	"github.com/otelmem/otelmem-go/dump"
	"github.com/otelmem/otelmem-go/internal/memstat"
	"github.com/otelmem/otelmem-go/internal/textfmt"
	"github.com/otelmem/otelmem-go/otelmem/internal/attribution"
	"github.com/otelmem/otelmem-go/otelmem/internal/spanstats"
	"github.com/otelmem/otelmem-go/otelmem/report"
	"github.com/otelmem/otelmem-go/spanhook"
)

// This file has the wording of the diagnostic log, a function a kind of line.

// Init says how the process was when diagnostics started.
func (l *Log) Init(s memstat.Snapshot, limit memstat.Limit, thresholds []dump.Threshold) {
	text := "Baseline memory: " + memory(s)
	if limit.Bytes > 0 {
		text += fmt.Sprintf("; limit %s (%s)", textfmt.Size(limit.Bytes), limit.Source)
	} else {
		text += "; no memory limit"
	}
	texts := make([]string, len(thresholds))
	for i, t := range thresholds {
		texts[i] = t.Text
	}
	l.line(kindInit, "%s; heap profiles at %s", text, strings.Join(texts, ", "))
}

// Periodic says how the process's memory changed; nothing where it did not grow.
func (l *Log) Periodic(before, now memstat.Snapshot) {
	over := now.Time.Sub(before.Time)
	rss, heap, external := now.RSS-before.RSS, now.HeapObjects-before.HeapObjects, now.External-before.External
	if over <= 0 || rss <= 0 && heap <= 0 && external <= 0 {
		return
	}
	rate := func(bytes int64) string { return textfmt.PerMinute(float64(bytes) / over.Seconds()) }
	l.line(kindPeriodic, "Memory: %s; growth: RSS %s, Heap %s, External %s", memory(now), rate(rss), rate(heap), rate(external))
}

// Growth is about one operation, with its query string if withQuery. It only puts
// the line where [Log.WriteWaiting] finds it.
func (l *Log) Growth(g *spanhook.Growth, withQuery bool) {
	operation := g.Operation()
	if query := queryOf(g.Span); withQuery && query != "" {
		operation += " (?" + query + ")"
	}
	var grew []string
	if g.HasProcess {
		grew = append(grew, "RSS "+textfmt.SignedSize(g.RSS), "External "+textfmt.SignedSize(g.External))
	}
	l.waiting.put(fmt.Sprintf("%s: %s, Heap %s, allocated %s, %.1f operations in flight, trace %s", operation, strings.Join(grew, ", "),
		textfmt.SignedSize(g.Heap), textfmt.Size(g.Allocated), g.Concurrency, g.Span.SpanContext().TraceID()))
}

// WriteWaiting writes the lines of Growth that wait.
func (l *Log) WriteWaiting() {
	lines, dropped := l.waiting.take()
	for _, line := range lines {
		l.line(kindGrowth, "%s", line)
	}
	if dropped > 0 {
		l.line(kindGrowth, "%d more operations grew beyond the minimum; the summary has them", dropped)
	}
}

// Summary is about a category since the last summary.
func (l *Log) Summary(t spanstats.Totals) {
	mean := func(sum int64) string { return textfmt.SignedSize(sum / t.Calls) }
	l.line(kindSummary, "%s: %d operations; RSS %s (mean %s), Heap %s (mean %s), External %s (mean %s); fair share of the heap's growth %s; worst %s %s, trace %s",
		t.Category, t.Calls, textfmt.SignedSize(t.RSS), mean(t.RSS), textfmt.SignedSize(t.Heap), mean(t.Heap), textfmt.SignedSize(t.External), mean(t.External),
		textfmt.SignedSize(t.Share), t.Worst.Operation, textfmt.SignedSize(t.Worst.Largest()), t.Worst.Context.TraceID())
}

// Leak is about an operation that is suspected to leak.
func (l *Log) Leak(o *attribution.Operation) {
	text := fmt.Sprintf("%s holds %s ± %s", o.Name, textfmt.Size(int64(o.Usage.Live)), textfmt.Size(int64(o.Usage.Error)))
	if len(o.Usage.Sites) > 0 {
		s := o.Usage.Sites[0]
		text += fmt.Sprintf(", most of it allocated at %s:%d (%s)", s.File, s.Line, s.Function)
	}
	l.line(kindLeak, "%s; it %s", text, o.Result.Reason)
}

// LeakEnded is about an operation that was suspected to leak and no longer grows.
func (l *Log) LeakEnded(o *attribution.Operation) {
	l.line(kindLeak, "%s is no longer suspected to leak: it %s", o.Name, o.Result.Reason)
}

// Dump is about a heap profile, or a threshold.
func (l *Log) Dump(e dump.Event) { l.line(kindDump, "%s", DumpText(e)) }

// DumpText says it in a sentence.
func DumpText(e dump.Event) string {
	text := e.Text
	if text == "" && e.Err != nil {
		text = e.Err.Error()
	}
	switch e.Kind {
	case dump.Written:
		return fmt.Sprintf("Heap profile written: %s (%s); open it with: go tool pprof -http=: %s", e.File.Path, textfmt.Size(e.File.Size), e.File.Path)
	case dump.Skipped:
		return "No heap profile: " + text
	case dump.Failed:
		return "Heap profile failed: " + text
	default:
		return text
	}
}

// Disabled is about a part that turned itself off.
func (l *Log) Disabled(part report.DisabledPart) {
	l.line(kindDisabled, "%s: %s", part.Part, part.Reason)
}

// Shutdown says how the process was when diagnostics ended.
func (l *Log) Shutdown(s memstat.Snapshot, operations int64, ran time.Duration) {
	l.line(kindShutdown, "Final memory: %s; %d operations in %s", memory(s), operations, ran.Round(time.Second))
}

func memory(s memstat.Snapshot) string {
	return fmt.Sprintf("RSS: %s, Heap: %s, External: %s", textfmt.Size(s.RSS), textfmt.Size(s.HeapObjects), textfmt.Size(s.External))
}

// queryOf is a server span's query string, by the current attribute or by the
// older one that holds the path too.
func queryOf(s sdktrace.ReadOnlySpan) string {
	query := ""
	for _, kv := range s.Attributes() {
		switch kv.Key {
		case semconv.URLQueryKey:
			return kv.Value.AsString()
		case "http.target":
			_, query, _ = strings.Cut(kv.Value.AsString(), "?")
		}
	}
	return query
}
