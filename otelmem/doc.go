// Package otelmem tells which operation of a Go service holds the memory, since
// when, and which traces prove it. It plugs into an OpenTelemetry SDK set-up:
//
//	mem, err := otelmem.New()
//	tp := sdktrace.NewTracerProvider(sdktrace.WithSpanProcessor(
//		mem.SpanProcessor(sdktrace.NewBatchSpanProcessor(exporter))))
//	err = mem.Start(ctx, tp, mp)
//	defer mem.Shutdown(ctx)
//
// and runs where MEMORY_DIAGNOSTICS_ENABLED is true. Elsewhere SpanProcessor
// returns the processor it was given, and nothing runs.
//
// # What it does
//
// Every span carries what the process's memory did while it ran (package
// spanhook). Metrics add this up by category of operation. A watcher writes a
// heap profile when a memory threshold is crossed, and emits an event span that
// links to the operations that ran then (package dump). A log and a [Report]
// tell a person the same.
//
// # What it does not do
//
// It never forces a GC, changes a runtime setting, replaces a global provider or
// waits on a request's way. What fails turns itself off, visibly.
package otelmem
