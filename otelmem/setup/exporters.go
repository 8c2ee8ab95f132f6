package setup

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"

	"go.opentelemetry.io/contrib/exporters/autoexport"
	"go.opentelemetry.io/otel/exporters/otlp/otlpmetric/otlpmetricgrpc"
	"go.opentelemetry.io/otel/exporters/otlp/otlptrace/otlptracegrpc"
	sdkmetric "go.opentelemetry.io/otel/sdk/metric"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
)

// Variables of the OpenTelemetry specification that choose exporters.
const (
	envTracesExporter  = "OTEL_TRACES_EXPORTER"
	envMetricsExporter = "OTEL_METRICS_EXPORTER"
	envProtocol        = "OTEL_EXPORTER_OTLP_PROTOCOL"
	envTracesProtocol  = "OTEL_EXPORTER_OTLP_TRACES_PROTOCOL"
	envMetricsProtocol = "OTEL_EXPORTER_OTLP_METRICS_PROTOCOL"
)

// newExporters builds what the environment asks for: OTLP/gRPC where it is
// silent. A result is nil where the environment says none.
func newExporters(ctx context.Context) (sdktrace.SpanExporter, sdkmetric.Reader, error) {
	spans, err := newSpanExporter(ctx)
	if err != nil {
		return nil, nil, fmt.Errorf("export traces by %s: %w", settings(envTracesExporter, envTracesProtocol, envProtocol), err)
	}
	reader, err := newMetricReader(ctx)
	if err != nil {
		err = fmt.Errorf("export metrics by %s: %w", settings(envMetricsExporter, envMetricsProtocol, envProtocol), err)
		if spans != nil {
			err = errors.Join(err, spans.Shutdown(ctx))
		}
		return nil, nil, err
	}
	return spans, reader, nil
}

func newSpanExporter(ctx context.Context) (sdktrace.SpanExporter, error) {
	if leavesProtocolToUs(envTracesExporter, envTracesProtocol) {
		return otlptracegrpc.New(ctx)
	}
	exporter, err := autoexport.NewSpanExporter(ctx)
	if err != nil || autoexport.IsNoneSpanExporter(exporter) {
		return nil, err
	}
	return exporter, nil
}

func newMetricReader(ctx context.Context) (sdkmetric.Reader, error) {
	if leavesProtocolToUs(envMetricsExporter, envMetricsProtocol) {
		exporter, err := otlpmetricgrpc.New(ctx)
		if err != nil {
			return nil, err
		}
		return sdkmetric.NewPeriodicReader(exporter), nil
	}
	reader, err := autoexport.NewMetricReader(ctx)
	if err != nil || autoexport.IsNoneMetricReader(reader) {
		return nil, err
	}
	return reader, nil
}

// leavesProtocolToUs says whether a signal goes by OTLP and no variable says by
// which protocol. autoexport would take HTTP then, where the default of this
// package is gRPC.
func leavesProtocolToUs(exporter, protocol string) bool {
	name := os.Getenv(exporter)
	return (name == "" || name == "otlp") && os.Getenv(protocol) == "" && os.Getenv(envProtocol) == ""
}

// settings lists those of the variables that are set, with their values.
func settings(variables ...string) string {
	var set []string
	for _, name := range variables {
		if value := os.Getenv(name); value != "" {
			set = append(set, fmt.Sprintf("%s=%q", name, value))
		}
	}
	if len(set) == 0 {
		return "OTLP/gRPC"
	}
	return strings.Join(set, ", ")
}

// EndpointConfigured says whether the environment names an OTLP endpoint.
func EndpointConfigured() bool {
	for _, name := range []string{"OTEL_EXPORTER_OTLP_ENDPOINT", "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "OTEL_EXPORTER_OTLP_METRICS_ENDPOINT"} {
		if os.Getenv(name) != "" {
			return true
		}
	}
	return false
}
