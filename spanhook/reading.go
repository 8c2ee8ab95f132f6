package spanhook

import "time"

// Reading is the process's memory at one instant, as the function given to [New]
// returns it. Now and Taken are durations since one fixed instant, the same for
// all readings of a [Hook], and never decrease. The other fields are bytes unless
// said.
type Reading struct {
	// Now is when the reading was asked for.
	Now time.Duration
	// Taken is when memory was read: above 0 and never after Now. Readings with
	// the same Taken are one reading, which several spans share.
	Taken time.Duration
	// HeapObjects is what objects on the heap occupy, dead ones not yet swept
	// included (runtime/metrics: /memory/classes/heap/objects:bytes).
	HeapObjects int64
	// Allocated is what was allocated on the heap since the process started
	// (/gc/heap/allocs:bytes).
	Allocated int64
	// GCCycles is the number of completed GC cycles (/gc/cycles/total:gc-cycles).
	GCCycles int64
	// RSS is the resident set; 0 where it is not known, and External with it.
	RSS int64
	// External is the part of the resident set that is neither the Go runtime's
	// nor backed by files.
	External int64
}
