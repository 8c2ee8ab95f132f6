package e2e

import (
	"errors"
	"flag"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

var write = flag.Bool("write", false, "write this run's answers into QUERIES.md; needs TEMPO_BIN")

// block is a query of the cookbook, and its answer where there is one.
var block = regexp.MustCompile("(?ms)^```(promql|exemplars|traceql|jaeger)\n(.*?)\n```\n(?:\n```text\n.*?\n```\n)?")

func TestEveryQueryOfTheCookbookHasAnAnswer(t *testing.T) {
	if *write && running.tempo == nil {
		t.Fatal("-write: want TEMPO_BIN, so that the answers are all of one run")
	}
	leaked(t)
	path := filepath.Join("..", "QUERIES.md")
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	found := block.FindAllStringSubmatch(string(text), -1)
	if len(found) < 20 {
		t.Fatalf("QUERIES.md has %d queries", len(found))
	}
	stand := strings.NewReplacer("$suspect", suspect(t), "$exemplar", exemplar(t))
	cookbook := string(text)
	for _, b := range found {
		language, written := b[1], b[2]
		query := stand.Replace(strings.Join(strings.Fields(written), " "))
		t.Run(language+" "+query, func(t *testing.T) {
			if !strings.Contains(b[0], "\n```text\n") && !*write {
				t.Error("QUERIES.md shows no answer to it")
			}
			if language == "traceql" && running.tempo == nil {
				t.Skip("TEMPO_BIN is not set")
			}
			var lines []string
			eventually(t, func() (err error) {
				lines, err = ask(t.Context(), language, query)
				if err == nil && len(lines) == 0 {
					err = errors.New("no answer")
				}
				return err
			})
			answer := shortened(lines)
			t.Logf("\n%s", answer)
			cookbook = strings.Replace(cookbook, b[0], "```"+language+"\n"+written+"\n```\n\n```text\n"+answer+"\n```\n", 1)
		})
	}
	if *write && !t.Failed() {
		if err := os.WriteFile(path, []byte(cookbook), 0o644); err != nil {
			t.Fatal(err)
		}
	}
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

// An event has the leaker's category and no growth, which must not hide the
// leaker's own.
func TestTempoSumsTheLeakersGrowthBesideItsEvent(t *testing.T) {
	leaked(t)
	if running.tempo == nil {
		t.Skip("TEMPO_BIN is not set")
	}
	eventually(t, func() error {
		lines, err := ask(t.Context(), "traceql", "{ span.otelmem.heap.share != nil } | sum_over_time(span.otelmem.heap.share) by (span.otelmem.category)")
		if err == nil && !strings.Contains(strings.Join(lines, "\n"), "api_records") {
			err = errors.New("api_records is not among " + strings.Join(lines, "; "))
		}
		return err
	})
}
