package e2e

import (
	"context"
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/otelmem/otelmem-go/collector-config/e2e/backends"
)

// ask returns the answer's lines, as the cookbook shows them.
func ask(ctx context.Context, language, query string) ([]string, error) {
	switch language {
	case "promql":
		return askPrometheus(ctx, query)
	case "exemplars":
		return askExemplars(ctx, query)
	case "jaeger":
		return askJaeger(ctx, query)
	case "traceql":
		if strings.Contains(query, "_over_time(") {
			return askTempoMetrics(ctx, query)
		}
		return askTempo(ctx, query)
	default:
		return nil, fmt.Errorf("language %q: want promql, exemplars, jaeger or traceql", language)
	}
}

// shown are the labels and attributes that answers show.
var shown = []string{
	"otelmem_category", "otelmem_dump_reason", "otelmem_dump_outcome",
	"otelmem.category", "otelmem.heap.growth", "otelmem.concurrency", "otelmem.growth.bucket",
	"otelmem.threshold.text", "otelmem.rss.size", "otelmem.operation", "otelmem.leak.rate", "otelmem.sites",
}

func labelled(labels map[string]string) string {
	var line []string
	for _, name := range shown {
		if value := labels[name]; value != "" {
			line = append(line, name+"="+value)
		}
	}
	return strings.Join(line, " ")
}

func number(v float64) string {
	if math.Abs(v) >= 100 {
		return fmt.Sprintf("%.0f", v)
	}
	return fmt.Sprintf("%.3g", v)
}

func askPrometheus(ctx context.Context, query string) (lines []string, err error) {
	samples, err := running.prometheus.Query(ctx, query)
	for _, s := range samples {
		if !math.IsNaN(s.Value) {
			lines = append(lines, strings.TrimSpace(labelled(s.Labels)+" "+number(s.Value)))
		}
	}
	return lines, err
}

func askExemplars(ctx context.Context, query string) (lines []string, err error) {
	exemplars, err := running.prometheus.Exemplars(ctx, query)
	slices.SortFunc(exemplars, func(a, b backends.Exemplar) int { return int(b.Value - a.Value) })
	for _, e := range exemplars {
		lines = append(lines, "trace_id="+e.Trace+" "+number(e.Value))
	}
	return lines, err
}

func askJaeger(ctx context.Context, query string) (lines []string, err error) {
	traces, err := running.jaeger.Get(ctx, strings.ReplaceAll(strings.NewReplacer("{", "%7B", "}", "%7D", `"`, "%22", "<", "%3C").Replace(query), " ", "%20"))
	for i := range traces {
		for j := range traces[i].Spans {
			span := &traces[i].Spans[j]
			tags := make(map[string]string)
			for _, name := range shown {
				tags[name] = span.Tag(name)
			}
			line := traces[i].TraceID + " " + span.OperationName + " " + labelled(tags)
			if links := slices.DeleteFunc(slices.Clone(span.References), func(r backends.Reference) bool { return r.RefType != "FOLLOWS_FROM" }); len(links) > 0 {
				line = fmt.Sprintf("%s (%d links)", line, len(links))
			}
			lines = append(lines, line)
		}
	}
	return lines, err
}

func askTempo(ctx context.Context, query string) (lines []string, err error) {
	spans, err := running.tempo.Search(ctx, query)
	for _, span := range spans {
		lines = append(lines, strings.TrimSpace(span.TraceID+" "+span.RootName+" "+attributes(span.Attributes)))
	}
	return lines, err
}

func askTempoMetrics(ctx context.Context, query string) (lines []string, err error) {
	series, err := running.tempo.Metrics(ctx, query)
	for _, s := range series {
		lines = append(lines, attributes(s.Labels)+" "+number(s.Value))
	}
	return lines, err
}

func attributes(from []backends.TempoAttribute) string {
	var line []string
	for _, a := range from {
		line = append(line, a.Key+"="+a.Value.String())
	}
	return strings.Join(line, " ")
}

// shortened is what fits into the cookbook.
func shortened(lines []string) string {
	const most = 4
	if len(lines) > most {
		lines = append(slices.Clone(lines[:most]), fmt.Sprintf("(%d more)", len(lines)-most))
	}
	return strings.Join(lines, "\n")
}
