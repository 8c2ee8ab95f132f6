// Package spanhook is a span processor that measures what the process's memory
// did while each span ran, and hands the span on with the growth as attributes.
//
// The Go SDK has no hook between a span's end and its export that could still
// set attributes. So a [Hook] wraps the next processor: it takes a [Reading] at
// start and at end, and gives the next processor a read-only span whose
// Attributes add the growth. They are built when they are first asked for, on
// the exporter's goroutine.
//
// A process has one heap: the difference between two readings is evidence about
// a moment, not about a span. Each span therefore says how many operations were
// in flight beside it (otelmem.concurrency; 1 means the growth is its own) and
// what its fair share of the heap growth is (otelmem.heap.share).
//
// # Fair share
//
// Only local roots, spans without a parent or with a remote one, count as
// operations in flight. At each new reading the heap's change since the last
// one is divided by their number and added to one running sum; a span's share
// is the sum's change over its life. So the shares of local roots add up to the
// process's growth while any was in flight, and a parent's share includes its
// children's.
//
// # Limits
//
// Spans beyond the bound in flight push out the oldest, which then end without
// growth. Unsampled spans reach no processor unless the sampler is wrapped by
// sdktrace.AlwaysRecord; a provider of [Hook.TracerProvider] measures them. Where the
// trace ids of those that arrive show that others are dropped, or [Hook.SetComplete] says
// so, concurrency and share are left out. A span whose end a processor in front keeps to
// itself is found when the next ones start. The runtime counts small objects when a
// processor's cache of them is refilled: a lone allocation below 32 KiB can read as 0.
package spanhook
