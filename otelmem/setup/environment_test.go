//go:build unix

package setup_test

import (
	"bytes"
	"context"
	"io"
	"log"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"go.opentelemetry.io/otel"
	"go.opentelemetry.io/otel/baggage"
	"go.opentelemetry.io/otel/propagation"
	"go.opentelemetry.io/otel/trace"

	"github.com/otelmem/otelmem-go/internal/otlptest"
	"github.com/otelmem/otelmem-go/otelmem"
	"github.com/otelmem/otelmem-go/otelmem/setup"
)

// quiet are diagnostics that write no file.
func quiet(t *testing.T) setup.Option {
	return setup.WithDiagnostics(otelmem.WithLogFile("none"), otelmem.WithDumpDir(t.TempDir()))
}

func TestExportersFollowTheEnvironment(t *testing.T) {
	receiver := otlptest.Start(t)
	byHTTP := receiver.StartHTTP(t)
	for name, test := range map[string]struct {
		env     map[string]string
		to      string
		spans   bool
		metrics bool
	}{
		"OTLP/gRPC by default":            {nil, receiver.Endpoint(), true, true},
		"OTLP/gRPC where OTLP is named":   {map[string]string{"OTEL_TRACES_EXPORTER": "otlp", "OTEL_METRICS_EXPORTER": "otlp"}, receiver.Endpoint(), true, true},
		"OTLP/HTTP":                       {map[string]string{"OTEL_EXPORTER_OTLP_PROTOCOL": "http/protobuf"}, byHTTP, true, true},
		"metrics alone":                   {map[string]string{"OTEL_TRACES_EXPORTER": "none"}, receiver.Endpoint(), false, true},
		"traces alone, by HTTP":           {map[string]string{"OTEL_METRICS_EXPORTER": "none", "OTEL_EXPORTER_OTLP_TRACES_PROTOCOL": "http/protobuf"}, byHTTP, true, false},
		"nothing where the SDK is off":    {map[string]string{"OTEL_SDK_DISABLED": "true"}, receiver.Endpoint(), false, false},
		"nothing where both exports none": {map[string]string{"OTEL_TRACES_EXPORTER": "none", "OTEL_METRICS_EXPORTER": "none"}, receiver.Endpoint(), false, false},
	} {
		t.Run(name, func(t *testing.T) {
			receiver.Reset()
			t.Setenv("OTEL_EXPORTER_OTLP_ENDPOINT", "http://"+test.to)
			t.Setenv("MEMORY_DIAGNOSTICS_ENABLED", "true")
			for key, value := range test.env {
				t.Setenv(key, value)
			}
			sdk, err := setup.Start(t.Context(), quiet(t))
			if err != nil {
				t.Fatal(err)
			}
			_, end := sdk.Diagnostics.Track(t.Context(), "job")
			end()
			shutdown(t, sdk)
			if got := len(receiver.SpansNamed("job")) > 0; got != test.spans {
				t.Errorf("the span arrived: %t, want %t", got, test.spans)
			}
			if _, got := receiver.LastMetric("go.memory.used"); got != test.metrics {
				t.Errorf("metrics arrived: %t, want %t", got, test.metrics)
			}
		})
	}
}

// A disabled SDK hands on the context that came in, and diagnostics keep what
// needs no spans.
func TestADisabledSDKIsSafe(t *testing.T) {
	t.Setenv("OTEL_SDK_DISABLED", "TRUE")
	t.Setenv("MEMORY_DIAGNOSTICS_ENABLED", "true")
	sdk, err := setup.Start(t.Context(), quiet(t))
	if err != nil {
		t.Fatal(err)
	}
	defer shutdown(t, sdk)
	parent := trace.NewSpanContext(trace.SpanContextConfig{TraceID: trace.TraceID{1}, SpanID: trace.SpanID{2}, TraceFlags: trace.FlagsSampled, Remote: true})
	_, span := otel.Tracer("test").Start(trace.ContextWithSpanContext(t.Context(), parent), "request")
	span.End()
	if got := span.SpanContext(); !got.Equal(parent) {
		t.Errorf("the span is %v, want the parent %v handed on", got, parent)
	}
	if err := sdk.ForceFlush(t.Context()); err != nil {
		t.Error(err)
	}
	if _, err := sdk.Diagnostics.Report(t.Context()); err != nil {
		t.Errorf("Report: %v", err)
	}
	if _, err := sdk.Diagnostics.Dump(t.Context(), "test"); err != nil {
		t.Errorf("Dump: %v", err)
	}
}

func TestPropagatorsFollowTheEnvironment(t *testing.T) {
	for value, want := range map[string]string{"": "Traceparent", "tracecontext": "Traceparent", "b3": "B3", "jaeger, baggage": "Uber-Trace-Id", "none": ""} {
		t.Run(value, func(t *testing.T) {
			t.Setenv("OTEL_PROPAGATORS", value)
			sdk, err := setup.Start(t.Context(), setup.WithExport(false))
			if err != nil {
				t.Fatal(err)
			}
			defer shutdown(t, sdk)
			ctx, span := otel.Tracer("test").Start(t.Context(), "request")
			defer span.End()
			member, err := baggage.NewMember("tenant", "7")
			if err != nil {
				t.Fatal(err)
			}
			carried, err := baggage.New(member)
			if err != nil {
				t.Fatal(err)
			}
			ctx = baggage.ContextWithBaggage(ctx, carried)
			request := httptest.NewRequestWithContext(ctx, http.MethodGet, "/", http.NoBody)
			otel.GetTextMapPropagator().Inject(ctx, propagation.HeaderCarrier(request.Header))
			if want == "" && len(request.Header) > 0 || want != "" && request.Header.Get(want) == "" {
				t.Errorf("headers %v, want %q", request.Header, want)
			}
			if got, want := request.Header.Get("Baggage") != "", value == "" || strings.Contains(value, "baggage"); got != want {
				t.Errorf("headers %v, want baggage: %t", request.Header, want)
			}
		})
	}
}

func TestABadSettingOfTheSDKIsNamed(t *testing.T) {
	for key, value := range map[string]string{
		"OTEL_TRACES_SAMPLER":                 "sometimes",
		"OTEL_TRACES_SAMPLER_ARG":             "1.5",
		"OTEL_TRACES_EXPORTER":                "pigeon",
		"OTEL_METRICS_EXPORTER":               "drum",
		"OTEL_EXPORTER_OTLP_PROTOCOL":         "morse",
		"OTEL_EXPORTER_OTLP_METRICS_PROTOCOL": "smoke",
		"OTEL_PROPAGATORS":                    "tracecontext,rumour",
	} {
		t.Run(key, func(t *testing.T) {
			t.Setenv("OTEL_TRACES_SAMPLER", "traceidratio")
			t.Setenv(key, value)
			_, err := setup.Start(t.Context(), quiet(t))
			if err == nil || !strings.Contains(err.Error(), key) || !strings.Contains(err.Error(), value) {
				t.Errorf("error %v, want one that names %s and %q", err, key, value)
			}
		})
	}
}

// logTo sets slog's default logger until the test ends. Setting it moves package
// log's output too.
func logTo(t *testing.T, w io.Writer) {
	logger, output, flags := slog.Default(), log.Writer(), log.Flags()
	t.Cleanup(func() {
		slog.SetDefault(logger)
		log.SetOutput(output)
		log.SetFlags(flags)
	})
	slog.SetDefault(slog.New(slog.NewTextHandler(w, nil)))
}

func TestABadSettingOfDiagnosticsIsLoggedAndTheSDKRuns(t *testing.T) {
	receiver := otlptest.Start(t)
	t.Setenv("OTEL_EXPORTER_OTLP_ENDPOINT", "http://"+receiver.Endpoint())
	for key, value := range map[string]string{"OTELMEM_THRESHOLDS": "1Gx", "MEMORY_DIAGNOSTICS_ENABLED": "maybe", "OTELMEM_REPORT_INTERVAL": "1ms"} {
		t.Run(key, func(t *testing.T) {
			var logged bytes.Buffer
			logTo(t, &logged)
			receiver.Reset()
			t.Setenv("MEMORY_DIAGNOSTICS_ENABLED", "true")
			t.Setenv(key, value)
			sdk, err := setup.Start(t.Context(), quiet(t))
			if err != nil {
				t.Fatal(err)
			}
			if off := key == "MEMORY_DIAGNOSTICS_ENABLED"; sdk.Diagnostics.Enabled() == off {
				t.Errorf("diagnostics are on: %t, want the default in place of what is invalid", !off)
			}
			_, span := sdk.TracerProvider.Tracer("test").Start(context.Background(), "request")
			span.End()
			shutdown(t, sdk)
			if len(receiver.SpansNamed("request")) != 1 {
				t.Error("the SDK does not export")
			}
			if !strings.Contains(logged.String(), "level=WARN") || !strings.Contains(logged.String(), key) || !strings.Contains(logged.String(), value) {
				t.Errorf("the log is %q, want a warning that names %s=%s", logged.String(), key, value)
			}
		})
	}
}
