package main

import (
	"fmt"
	"strings"
	"time"
)

// table is the results as a table in Markdown; each ratio is to the first row.
func table(p *plan, results []result) string {
	var b strings.Builder
	first := results[0]
	micro := func(d time.Duration) float64 { return float64(d) / float64(time.Microsecond) }
	ratio := func(a, b float64) string {
		if b == 0 {
			return "-"
		}
		return fmt.Sprintf("%.3f", a/b)
	}
	what := "µs of CPU a request"
	if p.rate < 0 {
		what = "µs of CPU a second"
	}
	fmt.Fprintf(&b, "| variant | %s | of bare | requests/s | of bare | p50, p99, p99.9 µs | p99 of bare | bytes a span | of bare | wake-ups/s | RSS MB | live heap MB | goroutines |\n", what)
	b.WriteString("|---|---|---|---|---|---|---|---|---|---|---|---|---|\n")
	for _, r := range results {
		fmt.Fprintf(&b, "| %s | %.1f | %s | %.0f | %s | %.0f, %.0f, %.0f | %s | %.0f | %s | %.0f | %.1f | %.1f | %d |\n",
			r.variant, micro(r.cpu), ratio(micro(r.cpu), micro(first.cpu)),
			r.perSecond, ratio(r.perSecond, first.perSecond),
			micro(r.p50), micro(r.p99), micro(r.p999), ratio(micro(r.p99), micro(first.p99)),
			r.bytesPerSpan, ratio(r.bytesPerSpan, first.bytesPerSpan), r.wakeUps,
			float64(r.rss)/1e6, float64(r.liveHeap)/1e6, r.goroutines)
	}
	return b.String()
}
