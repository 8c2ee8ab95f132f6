// Package setup is the whole set-up in one call: trace and metric providers with
// OTLP/gRPC exporters, the Go runtime's own metrics, and memory diagnostics.
//
//	sdk, err := setup.Start(ctx)
//	if err != nil {
//		log.Fatal(err)
//	}
//	defer sdk.Shutdown(context.Background())
//
// Exporters, resource and batching follow the standard OTEL_* variables; the
// sampler is wrapped by AlwaysRecord, so that unsampled operations are measured
// too. A service that has its own SDK set-up uses package otelmem alone.
package setup
