// Command bench measures what memory diagnostics cost a service, against the bare
// OpenTelemetry SDK and against others that look at memory or profiles by span.
//
//	go run . request   # CPU per request and bytes per span: one table on standard output
//	go run . write     # all tables, into BENCHMARKS.md: about 15 minutes
//
// Each variant is a process of its own: an HTTP server under otelhttp, with a batch
// processor and a periodic reader that export by OTLP/gRPC to a receiver in this
// process. All variants run at once and take turns under load; CPU is user and system
// time of the process, by its own clock, and figures are medians over rounds. So other
// load on the machine disturbs all of them alike. A second bare process beside the
// first shows how far figures can be trusted.
package main
