// Package setup is the whole set-up in one call: trace and metric providers with
// exporters, the Go runtime's own metrics, and memory diagnostics.
//
//	sdk, err := setup.Start(ctx)
//	if err != nil {
//		log.Fatal(err) // a variable OTEL_* is invalid; those of diagnostics stop nothing
//	}
//	defer sdk.Shutdown(context.Background())
//
// The standard OTEL_* variables configure the SDK: exporters
// (OTEL_TRACES_EXPORTER, OTEL_METRICS_EXPORTER: otlp, console, none, and prometheus
// for metrics), endpoint and headers, resource, sampler, batching,
// OTEL_PROPAGATORS and OTEL_SDK_DISABLED. Two things differ from the
// specification: OTLP goes by gRPC unless OTEL_EXPORTER_OTLP_PROTOCOL says
// http/protobuf, and the sampler is wrapped by Diagnostics.Sampler, so that event
// spans leave and unsampled operations are measured too.
//
// Where OTEL_SDK_DISABLED is true, both providers do nothing: diagnostics then
// have no spans to measure, and keep to heap profiles, tags, the log and the
// report.
//
// A service that has its own SDK set-up uses package otelmem alone.
package setup
