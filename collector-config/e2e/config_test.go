package e2e

import (
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

func TestCollectorAcceptsEveryConfiguration(t *testing.T) {
	for name, configs := range map[string][]string{
		"gateway":                         {"gateway.yaml"},
		"gateway with metrics from spans": {"gateway.yaml", "metrics-from-spans.yaml"},
		"agent":                           {"agent.yaml"},
	} {
		t.Run(name, func(t *testing.T) {
			args := []string{"validate"}
			for _, config := range configs {
				args = append(args, "--config="+filepath.Join("..", config))
			}
			validate := exec.CommandContext(t.Context(), binaries.collector, args...)
			validate.Env = append(os.Environ(), "QUEUE_DIR="+t.TempDir())
			if out, err := validate.CombinedOutput(); err != nil {
				t.Errorf("%v\n%s", err, out)
			}
		})
	}
}

func TestPrometheusAcceptsTheRulesAndTheirTests(t *testing.T) {
	for _, args := range [][]string{
		{"check", "rules", "rules.yaml"},
		{"test", "rules", "rules_test.yaml"},
		{"check", "config", "--syntax-only", "prometheus.yaml"},
	} {
		promtool := exec.CommandContext(t.Context(), binaries.promtool, args...)
		promtool.Dir = filepath.Join("..", "prometheus")
		if out, err := promtool.CombinedOutput(); err != nil {
			t.Errorf("promtool %v: %v\n%s", args, err, out)
		}
	}
}

func TestTempoAcceptsItsConfiguration(t *testing.T) {
	binary := os.Getenv("TEMPO_BIN")
	if binary == "" {
		t.Skip("TEMPO_BIN is not set")
	}
	config := filepath.Join("..", "tempo", "tempo.yaml")
	if out, err := exec.CommandContext(t.Context(), binary, "-config.file="+config, "-config.verify=true").CombinedOutput(); err != nil {
		t.Errorf("%v\n%s", err, out)
	}
}
