package e2e

import (
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// dashboard is what this test reads of Grafana's JSON.
type dashboard struct {
	Annotations struct{ List []query }
	Panels      []struct {
		Title   string
		Targets []query
	}
}

type query struct {
	Name  string
	Expr  string // PromQL
	Query string // TraceQL
}

// chosen stands for what a person chooses at the dashboard's top.
var chosen = strings.NewReplacer("$service", "leakyserver", "$name", "leakyserver", "$instance", ".*", "$category", ".*", "$memory", "heap", "$__rate_interval", "5m", `\"`, `"`)

// quiet are those that have nothing to show while all is well.
var quiet = map[string]bool{"Parts of diagnostics that are off": true, "Heap profile failed": true}

func TestEveryPanelOfTheDashboardHasData(t *testing.T) {
	leaked(t)
	text, err := os.ReadFile(filepath.Join("..", "grafana", "dashboards", "otelmem.json"))
	if err != nil {
		t.Fatal(err)
	}
	var d dashboard
	if err := json.Unmarshal(text, &d); err != nil {
		t.Fatal(err)
	}
	if len(d.Panels) < 10 || len(d.Annotations.List) == 0 {
		t.Fatalf("%d panels, %d annotations", len(d.Panels), len(d.Annotations.List))
	}
	shows := func(title string, q query) {
		t.Run(title, func(t *testing.T) {
			language, text := "promql", q.Expr
			if q.Query != "" {
				language, text = "traceql", q.Query
			}
			if language == "traceql" && running.tempo == nil {
				t.Skip("TEMPO_BIN is not set")
			}
			eventually(t, func() error {
				answer, err := ask(t.Context(), language, chosen.Replace(text))
				if err == nil && len(answer) == 0 && !quiet[title] {
					err = errors.New("no data for " + chosen.Replace(text))
				}
				return err
			})
		})
	}
	for _, panel := range d.Panels {
		for _, target := range panel.Targets {
			shows(panel.Title, target)
		}
	}
	for _, annotation := range d.Annotations.List {
		shows(annotation.Name, annotation)
	}
}
