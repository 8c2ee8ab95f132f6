package main

import (
	"context"
	"fmt"
	"os"
	"strings"
	"time"
)

// benchmarksFile is what "write" writes, in the current folder.
const benchmarksFile = "BENCHMARKS.md"

// compared are the variants of the tables under load; the second bare process shows how
// far the figures can be trusted.
var compared = []string{"bare", "bare", "otelmem", "otelmem without Handler", "grafana profiling", "ReadMemStats"}

// section is a table of BENCHMARKS.md.
type section struct {
	title string
	plan  plan
}

func sections() []section {
	loaded := func(handler string, rate int) plan {
		return plan{variants: compared, handler: handler, rate: rate, rounds: 15, round: time.Second, warmUp: 5 * time.Second}
	}
	return []section{
		{"The smallest handler, as many requests as it can serve", loaded("small", 0)},
		{"The smallest handler, 200 requests a second", loaded("small", 200)},
		{"A JSON answer of 50 items with a child span, as many requests as it can serve", loaded("json", 0)},
		{"A JSON answer of 50 items with a child span, 200 requests a second", loaded("json", 200)},
		{"A handler that computes for a millisecond, as many requests as it can serve", loaded("1ms", 0)},
		// Readings are frequent in the first minutes.
		{"At rest, from the fourth minute on", plan{variants: compared[:3], handler: "small", rate: -1, rounds: 6, round: 10 * time.Second, warmUp: 200 * time.Second}},
	}
}

// writeBenchmarks measures all sections and writes them down: all or nothing.
func writeBenchmarks(ctx context.Context) error {
	var b strings.Builder
	fmt.Fprintf(&b, benchmarksHead, machine(), versions(), time.Now().Format(time.DateOnly))
	for _, s := range sections() {
		fmt.Fprintf(os.Stderr, "%s ...\n", s.title)
		results, err := measure(ctx, &s.plan)
		if err != nil {
			return fmt.Errorf("%s: %w", s.title, err)
		}
		fmt.Fprintf(&b, "\n## %s\n\n%s", s.title, table(&s.plan, results))
	}
	if err := os.WriteFile(benchmarksFile, []byte(b.String()), 0o644); err != nil { //nolint:gosec // a document
		return fmt.Errorf("write the benchmarks: %w", err)
	}
	return nil
}

const benchmarksHead = `# What memory diagnostics cost a request

Written by ` + "`go run . write`" + ` in this folder; do not edit.

- Machine: %s
- Versions: %s
- Date: %s

Each row is a process of its own: an HTTP server under otelhttp, with a batch processor and a periodic reader that export by OTLP/gRPC. All processes
of a table run at once and take turns under load, so that the machine disturbs them alike. CPU is user and system time of the process; figures are
medians over rounds, ratios are to the first row. **The second bare row is the control: what it differs by is noise.**
` + "`otelmem`" + ` is everything on, with defaults: the span processor, ` + "`Handler`" + ` around the mux, metrics, log, watcher. ` + "`grafana profiling`" + ` labels CPU samples with the
span; ` + "`ReadMemStats`" + ` is ` + "`runtime.ReadMemStats`" + ` at both ends of each span. Behind ` + "`Handler`" + ` a server's span has ` + "`http.route`" + `, which otelhttp does
not know by itself: some of the bytes are for that.
`
