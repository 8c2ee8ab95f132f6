// Package attrs holds every attribute, metric and event name this module
// emits, each once. The tables in the documentation are checked against it.
//
// Names follow the OpenTelemetry naming guidelines; everything is under the
// otelmem namespace, because semantic conventions have no names for growth. No
// name is also the namespace of another one, and none is of two things.
package attrs

import "go.opentelemetry.io/otel/attribute"

// Span attributes. Bytes unless said.
const (
	// Category is the category of the operation (string), on spans and metrics.
	Category = attribute.Key("otelmem.category")
	// RSSGrowth is how much the resident set grew while the span ran.
	RSSGrowth = attribute.Key("otelmem.rss.growth")
	// HeapGrowth is how much the bytes of heap objects grew while the span ran.
	HeapGrowth = attribute.Key("otelmem.heap.growth")
	// ExternalGrowth is the growth of resident memory outside the Go runtime.
	ExternalGrowth = attribute.Key("otelmem.external.growth")
	// HeapAllocated is what the process allocated on the heap while the span ran.
	HeapAllocated = attribute.Key("otelmem.heap.allocated")
	// HeapShare is the operation's fair share of the heap growth.
	HeapShare = attribute.Key("otelmem.heap.share")
	// Concurrency is the mean number of operations in flight (float64).
	Concurrency = attribute.Key("otelmem.concurrency")
	// GrowthBucket is the bucket of the largest growth (string).
	GrowthBucket = attribute.Key("otelmem.growth.bucket")
	// GCCycles is the number of GC cycles completed while the span ran.
	GCCycles = attribute.Key("otelmem.gc.cycles")
	// Detail tells one run of a tracked operation from others (string).
	Detail = attribute.Key("otelmem.detail")
)

// Metric attributes.
const (
	// Memory says which memory a growth is of (string): rss, heap, external.
	Memory = attribute.Key("otelmem.memory.type")
	// DumpReason says why a dump was made (string): threshold, predicted, manual. It is
	// on event spans too.
	DumpReason = attribute.Key("otelmem.dump.reason")
	// Outcome says how a dump ended (string): written, skipped, failed.
	Outcome = attribute.Key("otelmem.dump.outcome")
	// Part names the part that disabled itself (string), Reason says why.
	Part   = attribute.Key("otelmem.part")
	Reason = attribute.Key("otelmem.reason")
)

// Values of Memory.
const (
	MemoryRSS      = "rss"
	MemoryHeap     = "heap"
	MemoryExternal = "external"
)

// Values of Outcome.
const (
	OutcomeWritten = "written"
	OutcomeSkipped = "skipped"
	OutcomeFailed  = "failed"
)

// Event span attributes. Bytes unless said.
const (
	// Threshold is the threshold that was crossed.
	Threshold = attribute.Key("otelmem.threshold.size")
	// ThresholdText is the threshold as it was configured (string): "2GiB", "75%".
	ThresholdText = attribute.Key("otelmem.threshold.text")
	// Predicted says that the crossing was foreseen, not seen (bool).
	Predicted = attribute.Key("otelmem.threshold.predicted")
	// Limit is the memory limit of the process.
	Limit = attribute.Key("otelmem.limit")
	// RSS is the resident set at the event.
	RSS = attribute.Key("otelmem.rss.size")
	// Heap is the bytes of heap objects at the event.
	Heap = attribute.Key("otelmem.heap.size")
	// External is the resident memory outside the Go runtime at the event.
	External = attribute.Key("otelmem.external.size")
	// DumpPath is the heap profile's path (string).
	DumpPath = attribute.Key("otelmem.dump.path")
	// DumpSize is the heap profile's size.
	DumpSize = attribute.Key("otelmem.dump.size")
	// Operation names a suspect (string), on links.
	Operation = attribute.Key("otelmem.operation")
	// LargestGrowth is the largest growth of a suspect, on links.
	LargestGrowth = attribute.Key("otelmem.growth.largest")
	// InFlight says whether a suspect was still running (bool), on links.
	InFlight = attribute.Key("otelmem.in_flight")
)

// LeakExample marks some spans of an operation whose live bytes grow (bool), for
// backends to keep.
const LeakExample = attribute.Key("otelmem.leak.example")

// Attributes of EventLeakSuspected, beside Operation, Category and Limit.
const (
	// LeakRate is how fast the operation's live bytes grow, in bytes a second
	// (float64).
	LeakRate = attribute.Key("otelmem.leak.rate")
	// Live is the operation's live bytes, LiveError their standard error.
	Live      = attribute.Key("otelmem.live.size")
	LiveError = attribute.Key("otelmem.live.error")
	// Sites are the lines that allocated them (string slice).
	Sites = attribute.Key("otelmem.sites")
	// SecondsToLimit is the time until the memory limit at this rate, in seconds
	// (float64).
	SecondsToLimit = attribute.Key("otelmem.leak.time_to_limit")
	// Evidence says in a sentence why the growth is thought to go on (string).
	Evidence = attribute.Key("otelmem.evidence")
)

// Event span names.
const (
	EventThresholdCrossed   = "otelmem.threshold_crossed"
	EventHeapProfileWritten = "otelmem.heap_profile_written"
	EventLeakSuspected      = "otelmem.leak_suspected"
)

// Overflow is the category and operation that stands for all above a bound.
const Overflow = "_overflow"
