// Package otelmem shows which operation of a Go service holds the memory, since
// when, from which line of code, and which traces prove it. It plugs into an
// OpenTelemetry SDK set-up:
//
//	mem, err := otelmem.New()
//	tp := sdktrace.NewTracerProvider(sdktrace.WithSpanProcessor(
//		mem.SpanProcessor(sdktrace.NewBatchSpanProcessor(exporter))))
//	err = mem.Start(ctx, tp, mp)
//	defer mem.Shutdown(ctx)
//	handler := otelhttp.NewHandler(otelmem.Handler(mux), "server")
//
// and runs where OTELMEM_ENABLED (or MEMORY_DIAGNOSTICS_ENABLED) is true. Where it is
// standby, allocations are attributed, and [Diagnostics.Enable] turns the rest on in the
// running program. Elsewhere SpanProcessor returns the processor it was given, and
// nothing runs. A service without an SDK set-up uses package setup, which is all of it in
// one call.
//
// # Operations
//
// An operation is what a service does again and again: a route, an RPC, a job. What
// it allocates is known as the operation's, for as long as it lives and whatever runs
// beside it:
//
//   - [Handler] covers the requests of an http.ServeMux, by route; [DoRoute] is for
//     the middleware of other routers, [HandlerFor] for one handler, the module
//     memgrpc for gRPC;
//   - [Diagnostics.Run] covers a job and starts a span for it, [Do] only covers it;
//   - [Go] starts a goroutine that keeps the operation, [GoAs] one with its own.
//
// What nothing covers is learned from spans where a function belongs to one operation
// alone, else reported by the application's outermost function. Categories of operations
// are names that are safe as attributes of metrics: see [WithCategorizer].
//
// # What one gets
//
//   - [Diagnostics.Report]: live bytes by operation, each with its error, what they
//     do over time, the lines of code and example traces; as text, JSON and data
//     (package report). Package debugpage shows it in a browser, live.
//   - Attributes on every span: what the process's memory did while it ran, and how
//     many operations ran beside it (package spanhook).
//   - Metrics by category, with exemplars.
//   - Heap profiles at memory thresholds, labelled by operation, and an event span
//     for each, with links to the operations in flight (package dump).
//   - A log. Warnings, such as a suspected leak, go to slog's default logger.
//
// TELEMETRY.md lists all names, CONFIGURATION.md all settings, LIMITS.md what it
// costs and what it cannot do.
//
// # When there is an answer
//
// The heap profile is read every five seconds in the first three minutes and while
// something grows, else every report interval. From the second reading on the report
// states facts: how much of what an operation allocated it has kept, since when. A
// leak is suspected after a minute of steady growth at the earliest.
//
// # What it does not do
//
// It never forces a GC cycle, changes a runtime setting, replaces a global provider or
// waits while a request is served. What fails turns itself off, visibly.
package otelmem
