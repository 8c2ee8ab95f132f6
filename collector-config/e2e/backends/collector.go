package backends

import (
	"context"
	"fmt"
	"path/filepath"
	"strconv"
	"strings"
)

// CollectorServer is a running collector.
type CollectorServer struct {
	*Process
	OTLP    string // host:port of OTLP over gRPC
	Metrics string // host:port of its Prometheus exporter

	binary, dir, health string
	env, args           []string
}

// CollectorSettings are those of a configuration in ../.
type CollectorSettings struct {
	// Configs are files, in order, or texts after "yaml:".
	Configs []string
	// Env is for the configuration's ${env:...}.
	Env []string
}

// StartCollector starts a collector with its log and its queue in dir.
func StartCollector(ctx context.Context, binary, dir string, s CollectorSettings) (*CollectorServer, error) {
	c := &CollectorServer{binary: binary, dir: dir}
	var otlpHTTP string
	if err := freeAddrs(&c.OTLP, &c.Metrics, &otlpHTTP, &c.health); err != nil {
		return nil, err
	}
	c.env = append([]string{
		"OTLP_GRPC_ENDPOINT=" + c.OTLP,
		"OTLP_HTTP_ENDPOINT=" + otlpHTTP,
		"PROMETHEUS_ENDPOINT=" + c.Metrics,
		"HEALTH_ENDPOINT=" + c.health,
		"QUEUE_DIR=" + dir,
	}, s.Env...)
	for _, config := range s.Configs {
		c.args = append(c.args, "--config="+config)
	}
	return c, c.Restart(ctx)
}

// Restart starts the collector again at the same addresses, with the queue it had.
func (c *CollectorServer) Restart(ctx context.Context) (err error) {
	if c.Process, err = Start("collector", filepath.Join(c.dir, "collector.log"), c.env, c.binary, c.args...); err != nil {
		return err
	}
	return c.Ready(ctx, "http://"+c.health)
}

// Sum adds up a metric's series as the collector's Prometheus exporter shows them.
func (c *CollectorServer) Sum(ctx context.Context, metric string) (float64, error) {
	text, err := Get(ctx, "http://"+c.Metrics+"/metrics")
	if err != nil {
		return 0, err
	}
	sum := 0.0
	for line := range strings.Lines(string(text)) {
		rest, ok := strings.CutPrefix(line, metric+"{")
		if !ok {
			continue
		}
		_, rest, _ = strings.Cut(rest, "} ")
		value, err := strconv.ParseFloat(strings.Fields(rest)[0], 64)
		if err != nil {
			return 0, fmt.Errorf("metric %s: %w", metric, err)
		}
		sum += value
	}
	return sum, nil
}
