package backends

import (
	"context"
	"encoding/json"
	"fmt"
	"net/url"
	"path/filepath"
)

// JaegerServer is a running Jaeger.
type JaegerServer struct {
	*Process
	OTLP  string // host:port of OTLP over gRPC
	Query string // host:port of its query API

	binary, dir string
	others      []string
}

// StartJaeger starts Jaeger with traces in memory, and its log in dir.
func StartJaeger(ctx context.Context, binary, dir string) (*JaegerServer, error) {
	j := &JaegerServer{binary: binary, dir: dir}
	var otlpHTTP, queryGRPC, admin, grpc, http string
	if err := freeAddrs(&j.OTLP, &j.Query, &otlpHTTP, &queryGRPC, &admin, &grpc, &http); err != nil {
		return nil, err
	}
	j.others = []string{
		"--collector.otlp.http.host-port=" + otlpHTTP,
		"--query.grpc-server.host-port=" + queryGRPC,
		"--admin.http.host-port=" + admin,
		"--collector.grpc-server.host-port=" + grpc,
		"--collector.http-server.host-port=" + http,
	}
	return j, j.Restart(ctx)
}

// Restart starts Jaeger again at the same addresses. What it had is gone.
func (j *JaegerServer) Restart(ctx context.Context) (err error) {
	args := append([]string{
		"--collector.otlp.enabled=true",
		"--collector.otlp.grpc.host-port=" + j.OTLP,
		"--query.http-server.host-port=" + j.Query,
		"--log-level=warn",
	}, j.others...)
	if j.Process, err = Start("jaeger", filepath.Join(j.dir, "jaeger.log"), []string{"SPAN_STORAGE_TYPE=memory"}, j.binary, args...); err != nil {
		return err
	}
	return j.Ready(ctx, "http://"+j.Query+"/api/services")
}

// Trace is a trace as Jaeger's query API has it.
type Trace struct {
	TraceID string       `json:"traceID"`
	Spans   []JaegerSpan `json:"spans"`
}

// JaegerSpan is a span as Jaeger's query API has it.
type JaegerSpan struct {
	SpanID        string      `json:"spanID"`
	OperationName string      `json:"operationName"`
	References    []Reference `json:"references"`
	Tags          []Tag       `json:"tags"`
}

// Reference is a parent or a link.
type Reference struct {
	RefType string `json:"refType"`
	TraceID string `json:"traceID"`
}

// Tag is an attribute.
type Tag struct {
	Key   string          `json:"key"`
	Value json.RawMessage `json:"value"`
}

// Tag is the value of an attribute as text; "" without it.
func (s *JaegerSpan) Tag(key string) string {
	for _, tag := range s.Tags {
		if tag.Key == key {
			var text string
			if json.Unmarshal(tag.Value, &text) == nil {
				return text
			}
			return string(tag.Value)
		}
	}
	return ""
}

// Traces searches by service, and by operation and tags where they are given.
func (j *JaegerServer) Traces(ctx context.Context, service, operation string, tags map[string]string, limit int) ([]Trace, error) {
	query := url.Values{"service": {service}, "limit": {fmt.Sprint(limit)}}
	if operation != "" {
		query.Set("operation", operation)
	}
	if len(tags) > 0 {
		text, err := json.Marshal(tags)
		if err != nil {
			return nil, err
		}
		query.Set("tags", string(text))
	}
	return j.Get(ctx, "/api/traces?"+query.Encode())
}

// Get asks the query API: /api/traces with a query, or with a trace id.
func (j *JaegerServer) Get(ctx context.Context, path string) ([]Trace, error) {
	var answer struct{ Data []Trace }
	err := getJSON(ctx, "http://"+j.Query+path, &answer)
	return answer.Data, err
}
