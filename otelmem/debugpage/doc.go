// Package debugpage shows memory diagnostics in a browser: what the process's
// memory does now, which operation holds it, the spans that grew, the heap
// profiles and what changed between two of them.
//
//	mux.Handle("/debug/otelmem/", debugpage.Handler(mem))
//
// Mount it on an internal listener: it has no authentication, and heap profiles
// reveal much about a program. Keep it outside otelhttp, since a page that stays open
// would be a span that lasts as long.
//
// It reads. It can change two things, by a POST from its own page: it writes a heap
// profile, one at a time and not too often, and it turns diagnostics on that are in
// standby. Nothing is loaded from elsewhere, and nothing runs while no page is open.
//
// [HandlerFrom] serves the same pages of another program, from a [Source] of reports.
package debugpage
