package otelmem

import (
	"net/http"
	"net/http/httptest"
	"slices"
	"testing"

	"go.opentelemetry.io/otel/attribute"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/sdk/trace/tracetest"
	"go.opentelemetry.io/otel/trace"
)

// Instrumentation of HTTP starts a span before the router has chosen: without its
// route the span would not meet its operation.
func TestTheServersSpanHasItsRoute(t *testing.T) {
	mux := http.NewServeMux()
	nothing := func(http.ResponseWriter, *http.Request) {}
	mux.HandleFunc("GET /items/{id}", nothing)
	mux.HandleFunc("files.test/plain", nothing)
	for name, test := range map[string]struct {
		h      http.Handler
		kind   trace.SpanKind
		target string
		want   string
	}{
		"a mux's pattern":       {Handler(mux), trace.SpanKindServer, "/items/7", "/items/{id}"},
		"a pattern with a host": {Handler(mux), trace.SpanKindServer, "http://files.test/plain", "/plain"},
		"a route named by hand": {HandlerFor("GET /users/:id", http.HandlerFunc(nothing)), trace.SpanKindServer, "/users/7", "/users/:id"},
		"a job named by hand":   {HandlerFor("shop.Stock/Check", http.HandlerFunc(nothing)), trace.SpanKindServer, "/x", ""},
		"no route":              {Handler(mux), trace.SpanKindServer, "/nowhere", ""},
		"a span inside of it":   {Handler(mux), trace.SpanKindInternal, "/items/7", ""},
	} {
		t.Run(name, func(t *testing.T) {
			exporter := tracetest.NewInMemoryExporter()
			tracer := sdktrace.NewTracerProvider(sdktrace.WithSyncer(exporter)).Tracer("http")
			ctx, span := tracer.Start(t.Context(), "GET", trace.WithSpanKind(test.kind))
			test.h.ServeHTTP(httptest.NewRecorder(), httptest.NewRequestWithContext(ctx, http.MethodGet, test.target, nil))
			span.End()
			attributes := exporter.GetSpans()[0].Attributes
			i := slices.IndexFunc(attributes, func(kv attribute.KeyValue) bool { return kv.Key == "http.route" })
			if got := i >= 0; got != (test.want != "") || got && attributes[i].Value.AsString() != test.want {
				t.Errorf("attributes %v, want http.route %q", attributes, test.want)
			}
		})
	}
}
