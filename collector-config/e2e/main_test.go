package e2e

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/otelmem/otelmem-go/collector-config/e2e/backends"
)

// keepGrowth is from what growth on the gateway keeps every trace, in bytes, and
// keepPercent how many of the others it keeps.
const (
	keepGrowth  = 1 << 20
	keepPercent = 10
)

// stack is a gateway in front of Jaeger, Prometheus and, where there is one, Tempo.
type stack struct {
	collector  *backends.CollectorServer
	jaeger     *backends.JaegerServer
	prometheus *backends.PrometheusServer
	tempo      *backends.TempoServer // nil without TEMPO_BIN
}

// noTempo is an endpoint where nothing listens.
const noTempo = "127.0.0.1:1"

// binaries are the built programs.
var binaries struct{ collector, jaeger, prometheus, promtool string }

var running stack

func TestMain(m *testing.M) {
	code, err := runTests(m)
	if err != nil {
		fmt.Fprintln(os.Stderr, "e2e:", err)
		code = 1
	}
	os.Exit(code)
}

func runTests(m *testing.M) (code int, err error) {
	ctx := context.Background()
	if err := build(ctx); err != nil {
		return 0, err
	}
	dir, err := os.MkdirTemp("", "otelmem-e2e-")
	if err != nil {
		return 0, err
	}
	defer os.RemoveAll(dir)
	defer running.stop()
	if err := running.start(ctx, dir); err != nil {
		return 0, err
	}
	if os.Getenv("TEMPO_BIN") == "" {
		fmt.Println("SKIPPED: every query of Tempo. TEMPO_BIN is not set: no current Tempo can be built from the module proxy.")
	}
	return m.Run(), nil
}

func build(ctx context.Context) error {
	var errs [4]error
	binaries.collector, errs[0] = backends.Collector(ctx, filepath.Join("..", "builder.yaml"))
	binaries.jaeger, errs[1] = backends.Jaeger(ctx)
	binaries.prometheus, errs[2] = backends.Prometheus(ctx)
	binaries.promtool, errs[3] = backends.Promtool(ctx)
	return errors.Join(errs[:]...)
}

func (s *stack) start(ctx context.Context, dir string) (err error) {
	ctx, cancel := context.WithTimeout(ctx, time.Minute)
	defer cancel()
	if s.jaeger, err = backends.StartJaeger(ctx, binaries.jaeger, dir); err != nil {
		return err
	}
	tempoEndpoint := noTempo
	if binary := os.Getenv("TEMPO_BIN"); binary != "" {
		if s.tempo, err = backends.StartTempo(ctx, binary, dir); err != nil {
			return err
		}
		tempoEndpoint = s.tempo.OTLP
	}
	if s.collector, err = startGateway(ctx, dir, s.jaeger.OTLP, tempoEndpoint); err != nil {
		return err
	}
	rules, err := filepath.Abs(filepath.Join("..", "prometheus", "rules.yaml"))
	if err != nil {
		return err
	}
	s.prometheus, err = backends.StartPrometheus(ctx, binaries.prometheus, dir, s.collector.Metrics, rules)
	return err
}

// startGateway runs the gateway's own configuration, with metrics from spans.
func startGateway(ctx context.Context, dir, jaeger, tempo string) (*backends.CollectorServer, error) {
	configs := []string{
		"file:../gateway.yaml",
		"file:../metrics-from-spans.yaml",
		"yaml:service::telemetry::metrics::level: none", // its port could be taken
	}
	if tempo == noTempo {
		configs = append(configs, "yaml:service::pipelines::traces/kept::exporters: [otlp_grpc/jaeger]")
	}
	return backends.StartCollector(ctx, binaries.collector, dir, backends.CollectorSettings{
		Configs: configs,
		Env: []string{
			fmt.Sprint("KEEP_GROWTH_BYTES=", keepGrowth),
			fmt.Sprint("KEEP_PERCENT=", keepPercent),
			"DECISION_WAIT=2s",
			"JAEGER_ENDPOINT=" + jaeger,
			"TEMPO_ENDPOINT=" + tempo,
		},
	})
}

func (s *stack) stop() {
	if s.prometheus != nil {
		s.prometheus.Stop()
	}
	if s.collector != nil {
		s.collector.Stop()
	}
	if s.tempo != nil {
		s.tempo.Stop()
	}
	if s.jaeger != nil {
		s.jaeger.Stop()
	}
}

// eventually fails the test unless f returns nil soon.
func eventually(t *testing.T, f func() error) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	if err := backends.Eventually(ctx, f); err != nil {
		t.Fatal(err)
	}
}
