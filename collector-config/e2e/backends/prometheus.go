package backends

import (
	"context"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"strconv"
	"time"
)

// PrometheusServer is a running Prometheus.
type PrometheusServer struct {
	*Process
	Addr string
}

// StartPrometheus starts Prometheus in dir. It scrapes target each second, and
// evaluates rules, a file.
func StartPrometheus(ctx context.Context, binary, dir, target, rules string) (*PrometheusServer, error) {
	p := new(PrometheusServer)
	if err := freeAddrs(&p.Addr); err != nil {
		return nil, err
	}
	config := filepath.Join(dir, "prometheus.yaml")
	text := fmt.Sprintf(`global: {scrape_interval: 1s, evaluation_interval: 1s}
rule_files: [%q]
scrape_configs:
  - job_name: collector
    honor_labels: true
    static_configs: [{targets: [%q]}]
`, rules, target)
	if err := os.WriteFile(config, []byte(text), 0o600); err != nil {
		return nil, fmt.Errorf("configure prometheus: %w", err)
	}
	return p, p.start(ctx, binary, dir, config, "--enable-feature=exemplar-storage")
}

// StartPrometheusReceiver starts Prometheus in dir as a receiver of OTLP, deltas and
// exponential histograms included. It scrapes target each second.
func StartPrometheusReceiver(ctx context.Context, binary, dir, target string) (*PrometheusServer, error) {
	p := new(PrometheusServer)
	if err := freeAddrs(&p.Addr); err != nil {
		return nil, err
	}
	config := filepath.Join(dir, "receiver.yaml")
	text := fmt.Sprintf(`global: {scrape_interval: 1s}
otlp: {promote_resource_attributes: [service.name]}
scrape_configs:
  - job_name: exporter
    static_configs: [{targets: [%q]}]
`, target)
	if err := os.WriteFile(config, []byte(text), 0o600); err != nil {
		return nil, fmt.Errorf("configure prometheus: %w", err)
	}
	return p, p.start(ctx, binary, dir, config, "--web.enable-otlp-receiver", "--enable-feature=otlp-deltatocumulative,native-histograms")
}

// OTLPMetricsURL is where it receives metrics by OTLP/HTTP.
func (p *PrometheusServer) OTLPMetricsURL() string {
	return "http://" + p.Addr + "/api/v1/otlp/v1/metrics"
}

func (p *PrometheusServer) start(ctx context.Context, binary, dir, config string, flags ...string) (err error) {
	flags = append(flags, "--config.file="+config, "--storage.tsdb.path="+filepath.Join(dir, "data"), "--web.listen-address="+p.Addr, "--log.level=warn")
	if p.Process, err = Start("prometheus", filepath.Join(dir, "prometheus.log"), nil, binary, flags...); err != nil {
		return err
	}
	return p.Ready(ctx, "http://"+p.Addr+"/-/ready")
}

// Sample is one series' value.
type Sample struct {
	Labels map[string]string
	Value  float64
}

// Query evaluates PromQL now.
func (p *PrometheusServer) Query(ctx context.Context, promQL string) ([]Sample, error) {
	var answer struct {
		Data struct {
			Result []struct {
				Metric map[string]string
				Value  [2]any
			}
		}
	}
	if err := getJSON(ctx, "http://"+p.Addr+"/api/v1/query?"+url.Values{"query": {promQL}}.Encode(), &answer); err != nil {
		return nil, err
	}
	var samples []Sample
	for _, r := range answer.Data.Result {
		value, err := strconv.ParseFloat(fmt.Sprint(r.Value[1]), 64)
		if err != nil {
			return nil, fmt.Errorf("prometheus: %q: value %v: %w", promQL, r.Value[1], err)
		}
		samples = append(samples, Sample{r.Metric, value})
	}
	return samples, nil
}

// Exemplar is a point of a metric that leads to a trace.
type Exemplar struct {
	Labels map[string]string // of the series
	Trace  string            // trace id
	Value  float64
}

// Exemplars are those of a query's series in the last hour.
func (p *PrometheusServer) Exemplars(ctx context.Context, promQL string) ([]Exemplar, error) {
	var answer struct {
		Data []struct {
			SeriesLabels map[string]string
			Exemplars    []struct {
				Labels map[string]string
				Value  float64 `json:",string"`
			}
		}
	}
	now := time.Now()
	query := url.Values{"query": {promQL}, "start": {fmt.Sprint(now.Add(-time.Hour).Unix())}, "end": {fmt.Sprint(now.Unix() + 1)}}
	if err := getJSON(ctx, "http://"+p.Addr+"/api/v1/query_exemplars?"+query.Encode(), &answer); err != nil {
		return nil, err
	}
	var exemplars []Exemplar
	for _, series := range answer.Data {
		for _, e := range series.Exemplars {
			if id := e.Labels["trace_id"]; id != "" {
				exemplars = append(exemplars, Exemplar{series.SeriesLabels, id, e.Value})
			}
		}
	}
	return exemplars, nil
}
