package e2e

import (
	"context"
	"errors"
	"fmt"
	"math"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/otelmem/otelmem-go/collector-config/e2e/backends"
)

// block is a query of the cookbook.
var block = regexp.MustCompile("(?ms)^```(promql|traceql|jaeger)\n(.*?)\n```$")

func TestEveryQueryOfTheCookbookHasAnAnswer(t *testing.T) {
	leaked(t)
	text, err := os.ReadFile(filepath.Join("..", "QUERIES.md"))
	if err != nil {
		t.Fatal(err)
	}
	blocks := block.FindAllSubmatch(text, -1)
	if len(blocks) < 10 {
		t.Fatalf("QUERIES.md has %d queries", len(blocks))
	}
	for _, b := range blocks {
		language, query := string(b[1]), strings.Join(strings.Fields(string(b[2])), " ")
		t.Run(language+" "+query, func(t *testing.T) {
			if language == "traceql" && running.tempo == nil {
				t.Skip("TEMPO_BIN is not set")
			}
			eventually(t, func() error {
				answer, err := ask(t.Context(), language, query)
				if err == nil && len(answer) == 0 {
					err = errors.New("no answer")
				}
				if err == nil {
					t.Logf("\n%s", strings.Join(answer[:min(len(answer), 5)], "\n"))
				}
				return err
			})
		})
	}
}

// ask returns the answer's lines, as the cookbook shows them.
func ask(ctx context.Context, language, query string) (lines []string, err error) {
	switch language {
	case "promql":
		samples, err := running.prometheus.Query(ctx, query)
		for _, s := range samples {
			if math.IsNaN(s.Value) {
				continue
			}
			lines = append(lines, fmt.Sprintf("%-16s %.4g", s.Labels["otelmem_category"], s.Value))
		}
		return lines, err
	case "jaeger":
		u, err := url.Parse(query)
		if err != nil {
			return nil, err
		}
		traces, err := running.jaeger.Search(ctx, u.Query())
		for i := range traces {
			for j := range traces[i].Spans {
				lines = append(lines, spanLine(&traces[i].Spans[j]))
			}
		}
		return lines, err
	default:
		if strings.Contains(query, "_over_time(") {
			series, err := running.tempo.Series(ctx, query)
			return make([]string, series), err
		}
		traces, err := running.tempo.Search(ctx, query)
		for _, trace := range traces {
			lines = append(lines, trace.TraceID+" "+trace.RootName)
		}
		return lines, err
	}
}

func spanLine(s *backends.JaegerSpan) string {
	line := s.OperationName
	for _, tag := range s.Tags {
		if strings.HasPrefix(tag.Key, "otelmem.") {
			line += fmt.Sprintf(" %s=%s", tag.Key, s.Tag(tag.Key))
		}
	}
	return fmt.Sprintf("%s, %d links", line, len(s.References))
}

func TestTraceWithGrowthIsFoundByItsBucket(t *testing.T) {
	leaked(t)
	traces, err := running.jaeger.Traces(t.Context(), "leakyserver", "", map[string]string{"otelmem.growth.bucket": "64MiB+"}, 100)
	if err != nil {
		t.Fatal(err)
	}
	found := false
	for i := range traces {
		for j := range traces[i].Spans {
			s := &traces[i].Spans[j]
			found = found || s.Tag("otelmem.category") == "api_records" && s.Tag("otelmem.growth.bucket") == "64MiB+" && len(s.Tag("otelmem.heap.growth")) >= 8
		}
	}
	if !found {
		t.Errorf("no span of api_records among %d traces", len(traces))
	}
}

// The links of an event lead to traces that are there: their growth was above
// the bound, or they are among the share of the rest.
func TestEventsArriveWithTheirLinks(t *testing.T) {
	leaked(t)
	for _, event := range []string{"otelmem.threshold_crossed", "otelmem.leak_suspected"} {
		eventually(t, func() error {
			traces, err := running.jaeger.Traces(t.Context(), "leakyserver", event, nil, 100)
			if err != nil {
				return err
			}
			events, links := 0, 0
			for i := range traces {
				for j := range traces[i].Spans {
					if s := &traces[i].Spans[j]; s.OperationName == event {
						events++
						links += len(s.References)
					}
				}
			}
			if events == 0 || links == 0 {
				return fmt.Errorf("%d %s with %d links", events, event, links)
			}
			t.Logf("%d %s with %d links", events, event, links)
			return nil
		})
	}
}

func TestExemplarsLeadToTraces(t *testing.T) {
	leaked(t)
	eventually(t, func() error {
		ids, err := running.prometheus.Exemplars(t.Context(), `otelmem_span_growth_bytes_bucket{otelmem_category="api_records"}`)
		if err != nil {
			return err
		}
		for _, id := range ids {
			if trace, err := running.jaeger.Trace(t.Context(), id); err == nil && len(trace.Spans) > 0 {
				return nil
			}
		}
		return fmt.Errorf("none of %d exemplars leads to a trace that was kept", len(ids))
	})
}
