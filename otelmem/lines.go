package otelmem

import (
	"fmt"
	"strings"
	"time"

	"github.com/otelmem/otelmem-go/dump"
	"github.com/otelmem/otelmem-go/internal/memstat"
	"github.com/otelmem/otelmem-go/internal/textfmt"
	"github.com/otelmem/otelmem-go/spanhook"
)

// This file has the wording of the diagnostic log, a function a line.

func initLine(s memstat.Snapshot, limit memstat.Limit, thresholds []string) string {
	text := "Baseline memory: " + memoryText(s)
	if limit.Bytes > 0 {
		text += fmt.Sprintf("; limit %s (%s)", textfmt.Size(limit.Bytes), limit.Source)
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
	rate := func(bytes int64) string { return textfmt.PerMinute(float64(bytes) / over.Seconds()) }
	return fmt.Sprintf("Memory: %s; growth: RSS %s, Heap %s, External %s", memoryText(now), rate(rss), rate(heap), rate(external))
}

// growthLine is about one operation. detail is its query string, if asked for.
func growthLine(operation, detail string, g *spanhook.Growth) string {
	if detail != "" {
		operation += " (?" + detail + ")"
	}
	var grew []string
	if g.HasProcess {
		grew = append(grew, "RSS "+textfmt.SignedSize(g.RSS), "External "+textfmt.SignedSize(g.External))
	}
	return fmt.Sprintf("%s: %s, Heap %s, allocated %s, %.1f operations in flight, trace %s", operation, strings.Join(grew, ", "),
		textfmt.SignedSize(g.Heap), textfmt.Size(g.Allocated), g.Concurrency, g.Span.SpanContext().TraceID())
}

func summaryLine(a account) string {
	mean := func(sum int64) string { return textfmt.SignedSize(sum / a.calls) }
	return fmt.Sprintf("%s: %d operations; RSS %s (mean %s), Heap %s (mean %s), External %s (mean %s); fair share of the heap's growth %s; worst %s %s, trace %s",
		a.category, a.calls, textfmt.SignedSize(a.rss), mean(a.rss), textfmt.SignedSize(a.heap), mean(a.heap), textfmt.SignedSize(a.external), mean(a.external),
		textfmt.SignedSize(a.share), a.worst.Operation, textfmt.SignedSize(a.worst.Largest()), a.worst.context.TraceID())
}

// leakLine is about an operation that is suspected.
func leakLine(h *holding) string {
	text := fmt.Sprintf("%s holds %s ± %s", h.operation, textfmt.Size(int64(h.account.Live)), textfmt.Size(int64(h.account.Error)))
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
		return fmt.Sprintf("Heap profile written: %s (%s); open it with: go tool pprof -http=: %s", e.File.Path, textfmt.Size(e.File.Size), e.File.Path)
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
	return fmt.Sprintf("RSS: %s, Heap: %s, External: %s", textfmt.Size(s.RSS), textfmt.Size(s.HeapObjects), textfmt.Size(s.External))
}

// lineText names a line of code.
func lineText(function, file string, line int) string {
	return fmt.Sprintf("%s:%d (%s)", file, line, function)
}
