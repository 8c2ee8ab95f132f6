package otlptest

import (
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	collectormetrics "go.opentelemetry.io/proto/otlp/collector/metrics/v1"
	collectortrace "go.opentelemetry.io/proto/otlp/collector/trace/v1"
	"google.golang.org/protobuf/proto"
)

// StartHTTP lets the receiver take OTLP/HTTP with protobuf too, until the test
// ends, and returns the address, host and port. Stop does not end it.
func (r *Receiver) StartHTTP(tb testing.TB) string {
	tb.Helper()
	mux := http.NewServeMux()
	mux.HandleFunc("POST /v1/traces", func(w http.ResponseWriter, request *http.Request) {
		export := new(collectortrace.ExportTraceServiceRequest)
		answer(w, request, export, func() (proto.Message, error) { return traces{Receiver: r}.Export(request.Context(), export) })
	})
	mux.HandleFunc("POST /v1/metrics", func(w http.ResponseWriter, request *http.Request) {
		export := new(collectormetrics.ExportMetricsServiceRequest)
		answer(w, request, export, func() (proto.Message, error) { return metrics{Receiver: r}.Export(request.Context(), export) })
	})
	server := httptest.NewServer(mux)
	tb.Cleanup(server.Close)
	return strings.TrimPrefix(server.URL, "http://")
}

// answer reads export from the request and writes what handle returns. A refusal
// is 503, which exporters take as a reason to try again.
func answer(w http.ResponseWriter, request *http.Request, export proto.Message, handle func() (proto.Message, error)) {
	body, err := io.ReadAll(http.MaxBytesReader(w, request.Body, maxMessage))
	if err == nil {
		err = proto.Unmarshal(body, export)
	}
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	response, err := handle()
	if err != nil {
		http.Error(w, err.Error(), http.StatusServiceUnavailable)
		return
	}
	encoded, err := proto.Marshal(response)
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "application/x-protobuf")
	_, _ = w.Write(encoded)
}
