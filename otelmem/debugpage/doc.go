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
// It reads. The only change that it can make is to write a heap profile, by a
// POST from its own page, one at a time and not too often. Nothing is loaded from
// elsewhere, and nothing runs while no page is open.
package debugpage
