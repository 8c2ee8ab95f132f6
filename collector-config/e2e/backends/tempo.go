package backends

import (
	"context"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"time"
)

// TempoServer is a running Tempo.
type TempoServer struct {
	*Process
	OTLP string // host:port of OTLP over gRPC
	HTTP string // host:port of its API
}

// StartTempo starts Tempo as one program, with its data in dir. It takes about 15
// seconds to be ready.
func StartTempo(ctx context.Context, binary, dir string) (*TempoServer, error) {
	tempo := new(TempoServer)
	var grpc string
	if err := freeAddrs(&tempo.OTLP, &tempo.HTTP, &grpc); err != nil {
		return nil, err
	}
	config := filepath.Join(dir, "tempo.yaml")
	if err := os.WriteFile(config, []byte(tempoConfig(tempo, grpc, dir)), 0o600); err != nil {
		return nil, fmt.Errorf("configure tempo: %w", err)
	}
	var err error
	if tempo.Process, err = Start("tempo", filepath.Join(dir, "tempo.log"), nil, binary, "-config.file="+config); err != nil {
		return nil, err
	}
	return tempo, tempo.Ready(ctx, "http://"+tempo.HTTP+"/ready")
}

func tempoConfig(tempo *TempoServer, grpc, dir string) string {
	port := func(addr string) string {
		u := url.URL{Host: addr}
		return u.Port()
	}
	return fmt.Sprintf(`
server: {http_listen_address: 127.0.0.1, http_listen_port: %s, grpc_listen_address: 127.0.0.1, grpc_listen_port: %s, log_level: warn}
usage_report: {reporting_enabled: false}
memberlist: {bind_addr: [127.0.0.1]}
distributor: {receivers: {otlp: {protocols: {grpc: {endpoint: %q}}}}}
ingester:
  trace_idle_period: 1s
  flush_check_period: 1s
  lifecycler: {address: 127.0.0.1}
metrics_generator:
  processor: {local_blocks: {filter_server_spans: false, flush_to_storage: true}}
  storage: {path: %[4]s/tempo/generator}
  traces_storage: {path: %[4]s/tempo/generator-traces}
  ring: {instance_addr: 127.0.0.1}
overrides: {defaults: {metrics_generator: {processors: [local-blocks]}}}
storage: {trace: {backend: local, local: {path: %[4]s/tempo/blocks}, wal: {path: %[4]s/tempo/wal}}}
`, port(tempo.HTTP), port(grpc), tempo.OTLP, dir)
}

// TempoTrace is a trace that a TraceQL search found.
type TempoTrace struct {
	TraceID  string `json:"traceID"`
	RootName string `json:"rootTraceName"`
}

// Search evaluates TraceQL over the last hour.
func (tempo *TempoServer) Search(ctx context.Context, traceQL string) ([]TempoTrace, error) {
	now := time.Now()
	query := url.Values{
		"q": {traceQL}, "limit": {"1000"},
		"start": {fmt.Sprint(now.Add(-time.Hour).Unix())}, "end": {fmt.Sprint(now.Unix() + 1)},
	}
	var answer struct{ Traces []TempoTrace }
	err := getJSON(ctx, "http://"+tempo.HTTP+"/api/search?"+query.Encode(), &answer)
	return answer.Traces, err
}

// Series is how many series a TraceQL metrics query returns.
func (tempo *TempoServer) Series(ctx context.Context, traceQL string) (int, error) {
	now := time.Now()
	query := url.Values{
		"q": {traceQL}, "step": {"10s"},
		"start": {fmt.Sprint(now.Add(-10 * time.Minute).Unix())}, "end": {fmt.Sprint(now.Unix())},
	}
	var answer struct{ Series []any }
	err := getJSON(ctx, "http://"+tempo.HTTP+"/api/metrics/query_range?"+query.Encode(), &answer)
	return len(answer.Series), err
}
