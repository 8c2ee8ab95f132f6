package diaglog

import (
	"cmp"
	"fmt"
	"log/slog"
	"strings"
	"time"

	sdktrace "go.opentelemetry.io/otel/sdk/trace"

	"github.com/otelmem/otelmem-go/dump"
	names "github.com/otelmem/otelmem-go/internal/attrs"
	"github.com/otelmem/otelmem-go/internal/memstat"
	"github.com/otelmem/otelmem-go/internal/textfmt"
	"github.com/otelmem/otelmem-go/otelmem/internal/attribution"
	"github.com/otelmem/otelmem-go/otelmem/internal/spanstats"
	"github.com/otelmem/otelmem-go/spanhook"
)

// This file has the wording of the diagnostic log, a function a kind of record.

// minSummary is the growth, summed over a category's spans, from which on a summary
// is worth a line, in bytes: each span that allocates grows the heap by something.
const minSummary = textfmt.MiB

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
	at := strings.Join(texts, ", ")
	attrs := append(memoryAttrs(s), slog.Int64("limit", limit.Bytes), slog.String("limit_source", limit.Source), slog.String("thresholds", at))
	l.write(info(kindInit, text+"; heap profiles at "+at, attrs...))
}

// Limit says that the memory limit has changed.
func (l *Log) Limit(before, now memstat.Limit, thresholds []dump.Threshold) {
	name := func(limit memstat.Limit) string {
		if limit.Bytes == 0 {
			return "none"
		}
		return fmt.Sprintf("%s (%s)", textfmt.Size(limit.Bytes), limit.Source)
	}
	texts := make([]string, len(thresholds))
	for i, t := range thresholds {
		texts[i] = textfmt.Size(t.Bytes)
	}
	l.write(info(kindConfig, fmt.Sprintf("The memory limit is %s; it was %s. Heap profiles at %s", name(now), name(before), strings.Join(texts, ", ")),
		slog.Int64("limit", now.Bytes), slog.String("limit_source", now.Source), slog.Int64("limit_before", before.Bytes)))
}

// Config warns of a setting that does not do what it seems to.
func (l *Log) Config(text string) { l.write(warning(kindConfig, text)) }

// Enabled says that somebody turned diagnostics on in the running process.
func (l *Log) Enabled() {
	l.write(warning(kindConfig, "Memory diagnostics were in standby and are on from now: by Enable, or the button on the debug page"))
}

// Periodic says how the process's memory changed; nothing where it did not grow.
func (l *Log) Periodic(before, now memstat.Snapshot) {
	over := now.Time.Sub(before.Time).Seconds()
	rss, heap, external := now.RSS-before.RSS, now.HeapObjects-before.HeapObjects, now.External-before.External
	if over <= 0 || rss <= 0 && heap <= 0 && external <= 0 {
		return
	}
	rate := func(bytes int64) float64 { return float64(bytes) / over }
	l.write(info(kindPeriodic, fmt.Sprintf("Memory: %s; growth: RSS %s, Heap %s, External %s",
		memory(now), textfmt.PerMinute(rate(rss)), textfmt.PerMinute(rate(heap)), textfmt.PerMinute(rate(external))),
		append(memoryAttrs(now), slog.Float64("rss_rate", rate(rss)), slog.Float64("heap_rate", rate(heap)), slog.Float64("external_rate", rate(external)))...))
}

// Growth is about one operation, with its query string if withQuery. It only puts
// the record where [Log.WriteWaiting] finds it.
func (l *Log) Growth(g *spanhook.Growth, withQuery bool) {
	context := g.Span.SpanContext()
	attrs := []slog.Attr{slog.String("operation", g.Operation()), slog.String("category", g.Category())}
	operation := g.Operation()
	if query := queryOf(g.Span); withQuery && query != "" {
		operation += " (?" + query + ")"
		attrs = append(attrs, slog.String("query", query))
	}
	grew := ""
	if g.HasProcess {
		grew = fmt.Sprintf("RSS %s, External %s, ", textfmt.SignedSize(g.RSS), textfmt.SignedSize(g.External))
		attrs = append(attrs, slog.Int64("rss_growth", g.RSS), slog.Int64("external_growth", g.External))
	}
	l.waiting.put(info(kindGrowth, fmt.Sprintf("%s: %sHeap %s, allocated %s, %.1f operations in flight, trace %s", operation, grew,
		textfmt.SignedSize(g.Heap), textfmt.Size(g.Allocated), g.Concurrency, context.TraceID()),
		append(attrs, slog.Int64("heap_growth", g.Heap), slog.Int64("allocated", g.Allocated), slog.Float64("concurrency", g.Concurrency),
			slog.String("span_id", context.SpanID().String()))...).of(context))
}

// WriteWaiting writes the records of Growth that wait.
func (l *Log) WriteWaiting() {
	records, dropped := l.waiting.take()
	for _, r := range records {
		l.write(r)
	}
	if dropped > 0 {
		l.write(info(kindGrowth, fmt.Sprintf("%d more operations grew beyond the minimum; the summary has them", dropped), slog.Int("operations", dropped)))
	}
}

// Summary is about a category since the last summary; nothing where it did not
// grow. live is what it holds, in bytes; negative where that is not known.
func (l *Log) Summary(t spanstats.Totals, live int64) {
	if max(t.RSS, t.Heap, t.External) < minSummary {
		return
	}
	mean := func(sum int64) string { return textfmt.SignedSize(sum / t.Calls) }
	trace := t.Worst.Context.TraceID().String()
	holds, attrs := "", []slog.Attr{slog.String("category", t.Category)}
	if live >= 0 {
		holds, attrs = " holds "+textfmt.Size(live)+",", append(attrs, slog.Int64("live", live))
	}
	l.write(info(kindSummary, fmt.Sprintf("%s:%s %d operations; RSS %s (mean %s), Heap %s (mean %s), External %s (mean %s); fair share of the heap's growth %s; worst %s %s, trace %s",
		t.Category, holds, t.Calls, textfmt.SignedSize(t.RSS), mean(t.RSS), textfmt.SignedSize(t.Heap), mean(t.Heap), textfmt.SignedSize(t.External), mean(t.External),
		textfmt.SignedSize(t.Share), t.Worst.Operation, textfmt.SignedSize(t.Worst.Largest()), trace),
		append(attrs, slog.Int64("operations", t.Calls),
			slog.Int64("rss_growth", t.RSS), slog.Int64("heap_growth", t.Heap), slog.Int64("external_growth", t.External), slog.Int64("share", t.Share),
			slog.String("operation", t.Worst.Operation))...).of(t.Worst.Context))
}

// Leak is about an operation that is suspected to leak. examples are of its spans,
// the latest first.
func (l *Log) Leak(o *attribution.Operation, examples []spanstats.Span) {
	text := fmt.Sprintf("%s holds %s ± %s", o.Name, textfmt.Size(int64(o.Usage.Live)), textfmt.Size(int64(o.Usage.Error)))
	attrs := []slog.Attr{
		slog.String("event.name", names.EventLeakSuspected),
		slog.String("operation", o.Name), slog.String("category", o.Category),
		slog.Int64("live", int64(o.Usage.Live)), slog.Int64("live_error", int64(o.Usage.Error)),
		slog.Float64("rate", o.Result.Slope), slog.String("reason", o.Result.Reason),
	}
	if len(o.Usage.Sites) > 0 {
		s := o.Usage.Sites[0]
		text += fmt.Sprintf(", most of it allocated at %s:%d (%s)", textfmt.ShortPath(s.File), s.Line, s.Function)
		attrs = append(attrs, slog.String("code.function.name", s.Function), slog.String("code.file.path", s.File), slog.Int("code.line.number", s.Line))
	}
	record := warning(kindLeak, text+"; it "+o.Result.Reason, attrs...)
	if len(examples) > 0 {
		record = record.of(examples[0].Context)
	}
	l.write(record)
}

// GoroutineLeak is about goroutines that are suspected to leak.
func (l *Log) GoroutineLeak(g *attribution.Goroutines) {
	text := fmt.Sprintf("%d goroutines of %s, started by %s, are blocked at %s (%s); their number %s", g.Count, cmp.Or(g.Operation, "no operation"),
		cmp.Or(textfmt.ShortFunction(g.Starter), "a library"), textfmt.ShortPlace(g.Place), textfmt.ShortFunction(g.Function), g.Result.Reason)
	if g.Meaning != "" {
		text += ": " + g.Meaning
	}
	l.write(warning(kindLeak, text,
		slog.String("event.name", names.EventLeakSuspected), slog.String("operation", g.Operation), slog.Int("goroutines", g.Count), slog.Float64("rate", g.Result.Slope)))
}

// LeakEnded is about an operation that was suspected to leak and no longer grows.
func (l *Log) LeakEnded(o *attribution.Operation) {
	l.write(info(kindLeak, o.Name+" is no longer suspected to leak: it "+o.Result.Reason,
		slog.String("operation", o.Name), slog.String("category", o.Category)))
}

// Dump is about a heap profile, or a threshold. What failed, and what an earlier
// process left when it was killed, is a warning.
func (l *Log) Dump(e dump.Event) {
	attrs := []slog.Attr{slog.String("event", string(e.Kind))}
	if name := eventNames[e.Kind]; name != "" {
		attrs = append(attrs, slog.String("event.name", name))
	}
	if e.Reason != "" {
		attrs = append(attrs, slog.String("reason", e.Reason))
	}
	if e.Threshold.Text != "" {
		attrs = append(attrs, slog.String("threshold", e.Threshold.Text))
	}
	if e.File.Path != "" {
		attrs = append(attrs, slog.String("path", e.File.Path), slog.Int64("size", e.File.Size))
	}
	if e.Err != nil {
		attrs = append(attrs, slog.String("error", e.Err.Error()))
	}
	level := info
	if e.Kind == dump.Failed || e.Kind == dump.UncleanExit {
		level = warning
	}
	l.write(level(kindDump, DumpText(e), attrs...).of(e.SpanContext))
}

// eventNames are those of the event spans that say the same.
var eventNames = map[dump.Kind]string{dump.Crossed: names.EventThresholdCrossed, dump.Written: names.EventHeapProfileWritten}

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

// Disabled is about the parts that have turned themselves off since it was last
// called.
func (l *Log) Disabled() {
	for _, part := range l.parts.Fresh() {
		l.write(warning(kindDisabled, part.Part+": "+part.Reason, slog.String("part", part.Part), slog.String("reason", part.Reason)))
	}
}

// Shutdown says how the process was when diagnostics ended.
func (l *Log) Shutdown(s memstat.Snapshot, operations int64, ran time.Duration) {
	l.write(info(kindShutdown, fmt.Sprintf("Final memory: %s; %d operations in %s", memory(s), operations, ran.Round(time.Second)),
		append(memoryAttrs(s), slog.Int64("operations", operations), slog.Duration("ran", ran))...))
}

func memoryAttrs(s memstat.Snapshot) []slog.Attr {
	return []slog.Attr{slog.Int64("rss", s.RSS), slog.Int64("heap", s.HeapObjects), slog.Int64("external", s.External)}
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
		case "url.query":
			return kv.Value.AsString()
		case "http.target":
			_, query, _ = strings.Cut(kv.Value.AsString(), "?")
		}
	}
	return query
}
