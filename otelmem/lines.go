package otelmem

import (
	"fmt"
	"strings"
	"time"

	"github.com/otelmem/otelmem-go/dump"
	"github.com/otelmem/otelmem-go/internal/memstat"
	"github.com/otelmem/otelmem-go/spanhook"
)

// This file has the wording of the diagnostic log, a function a line.

func initLine(s memstat.Snapshot, limit memstat.Limit, thresholds []string) string {
	text := "Baseline memory: " + memoryText(s)
	if limit.Bytes > 0 {
		text += fmt.Sprintf("; limit %s (%s)", memstat.FormatMB(limit.Bytes), limit.Source)
	} else {
		text += "; no memory limit"
	}
	return text + "; heap profiles at " + strings.Join(thresholds, ", ")
}

// periodicLine is empty where nothing grew.
func periodicLine(before, now memstat.Snapshot) string {
	over := now.Time.Sub(before.Time)
	rss, heap, external := now.RSS-before.RSS, now.HeapObjects-before.HeapObjects, now.External-before.External
	if over <= 0 || rss <= 0 && heap <= 0 && external <= 0 {
		return ""
	}
	return fmt.Sprintf("Memory: %s; growth: RSS %s, Heap %s, External %s", memoryText(now),
		perMinute(rss, over), perMinute(heap, over), perMinute(external, over))
}

// growthLine is about one operation. detail is its query string, if asked for.
func growthLine(operation, detail string, g *spanhook.Growth) string {
	if detail != "" {
		operation += " (?" + detail + ")"
	}
	var grew []string
	if g.HasProcess {
		grew = append(grew, "RSS "+signedMB(g.RSS), "External "+signedMB(g.External))
	}
	return fmt.Sprintf("%s: %s, Heap %s, allocated %s, %.1f operations in flight, trace %s", operation, strings.Join(grew, ", "),
		signedMB(g.Heap), memstat.FormatMB(g.Allocated), g.Concurrency, g.Span.SpanContext().TraceID())
}

func summaryLine(a account) string {
	mean := func(sum int64) string { return signedMB(sum / a.calls) }
	return fmt.Sprintf("%s: %d operations; RSS %s (mean %s), Heap %s (mean %s), External %s (mean %s); fair share of the heap's growth %s; worst %s %s, trace %s",
		a.category, a.calls, signedMB(a.rss), mean(a.rss), signedMB(a.heap), mean(a.heap), signedMB(a.external), mean(a.external),
		signedMB(a.share), a.worst.Operation, signedMB(a.worst.Largest()), a.worst.context.TraceID())
}

// leakLine is about an operation that is suspected.
func leakLine(h *holding) string {
	text := fmt.Sprintf("%s holds %s ± %s", h.operation, memstat.FormatMB(int64(h.account.Live)), memstat.FormatMB(int64(h.account.Error)))
	if len(h.account.Sites) > 0 {
		s := h.account.Sites[0]
		text += ", most of it allocated at " + lineText(s.Function, s.File, s.Line)
	}
	return text + "; it " + h.result.Reason
}

func dumpLine(e dump.Event) string {
	text := e.Text
	if text == "" && e.Err != nil {
		text = e.Err.Error()
	}
	switch e.Kind {
	case dump.Written:
		return fmt.Sprintf("Heap profile written: %s (%s); open it with: go tool pprof -http=: %s", e.File.Path, memstat.FormatMB(e.File.Size), e.File.Path)
	case dump.Skipped:
		return "No heap profile: " + text
	case dump.Failed:
		return "Heap profile failed: " + text
	default:
		return text
	}
}

func shutdownLine(s memstat.Snapshot, operations int64, ran time.Duration) string {
	return fmt.Sprintf("Final memory: %s; %d operations in %s", memoryText(s), operations, ran.Round(time.Second))
}

func memoryText(s memstat.Snapshot) string {
	return fmt.Sprintf("RSS: %s, Heap: %s, External: %s", memstat.FormatMB(s.RSS), memstat.FormatMB(s.HeapObjects), memstat.FormatMB(s.External))
}

// lineText names a line of code.
func lineText(function, file string, line int) string {
	return fmt.Sprintf("%s:%d (%s)", file, line, function)
}

// perMinute formats a rate of growth in MB/min with its sign.
func perMinute(bytes int64, over time.Duration) string {
	return fmt.Sprintf("%+.1fMB/min", float64(bytes)/float64(memstat.MiB)/over.Minutes())
}

func signedMB(bytes int64) string {
	if bytes >= 0 {
		return "+" + memstat.FormatMB(bytes)
	}
	return memstat.FormatMB(bytes)
}
