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

// TempoSpan is a span that a TraceQL search found.
type TempoSpan struct {
	TraceID    string // without leading zeros
	RootName   string // of the trace
	Attributes []TempoAttribute
}

// TempoAttribute is what a search selects, or a label of a series.
type TempoAttribute struct {
	Key   string
	Value tempoValue
}

// tempoValue holds one of its fields.
type tempoValue struct {
	StringValue, IntValue string
	DoubleValue           *float64
	BoolValue             *bool
	ArrayValue            struct{ Values []tempoValue }
}

func (v tempoValue) String() string {
	switch {
	case v.DoubleValue != nil:
		return strconv.FormatFloat(*v.DoubleValue, 'g', 6, 64)
	case v.BoolValue != nil:
		return strconv.FormatBool(*v.BoolValue)
	case len(v.ArrayValue.Values) > 0:
		return fmt.Sprint(v.ArrayValue.Values)
	default:
		return v.StringValue + v.IntValue
	}
}

// Search evaluates TraceQL over the last hour.
func (tempo *TempoServer) Search(ctx context.Context, traceQL string) ([]TempoSpan, error) {
	now := time.Now()
	query := url.Values{
		"q": {traceQL}, "limit": {"1000"},
		"start": {fmt.Sprint(now.Add(-time.Hour).Unix())}, "end": {fmt.Sprint(now.Unix() + 1)},
	}
	var answer struct {
		Traces []struct {
			TraceID       string
			RootTraceName string
			SpanSet       struct {
				Spans []struct{ Attributes []TempoAttribute }
			}
		}
	}
	if err := getJSON(ctx, "http://"+tempo.HTTP+"/api/search?"+query.Encode(), &answer); err != nil {
		return nil, err
	}
	var spans []TempoSpan
	for _, trace := range answer.Traces {
		for _, span := range trace.SpanSet.Spans {
			spans = append(spans, TempoSpan{trace.TraceID, trace.RootTraceName, span.Attributes})
		}
	}
	return spans, nil
}

// TempoSeries is a series of a TraceQL metrics query.
type TempoSeries struct {
	Labels []TempoAttribute
	Value  float64
}

// Metrics evaluates a TraceQL metrics query over the last hour.
func (tempo *TempoServer) Metrics(ctx context.Context, traceQL string) ([]TempoSeries, error) {
	now := time.Now()
	query := url.Values{"q": {traceQL}, "start": {fmt.Sprint(now.Add(-time.Hour).Unix())}, "end": {fmt.Sprint(now.Unix())}}
	var answer struct{ Series []TempoSeries }
	err := getJSON(ctx, "http://"+tempo.HTTP+"/api/metrics/query?"+query.Encode(), &answer)
	return answer.Series, err
}
