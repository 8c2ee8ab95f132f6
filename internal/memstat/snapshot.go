// Package memstat reads what memory the process uses: one [Snapshot] type, one
// [Reader] of it, and the [Limit] the process lives under.
//
// It is read-only: nothing here forces a GC or changes a runtime setting.
package memstat

import "time"

// Snapshot is the memory of this process at one instant. Fields are bytes
// unless said. A field that cannot be known on this system is 0.
//
// What the Go runtime knows is as old as Time. RSS and External cost more to
// read and are as old as ProcessTime, which is never after Time.
type Snapshot struct {
	// Time is when the runtime's figures were read.
	Time time.Time
	// HeapObjects is memory occupied by live objects and by dead ones not yet
	// swept (/memory/classes/heap/objects:bytes).
	HeapObjects int64
	// Allocated is the cumulative bytes allocated on the heap
	// (/gc/heap/allocs:bytes).
	Allocated int64
	// Live is what the last GC marked (/gc/heap/live:bytes).
	Live int64
	// GCCycles is the count of completed GC cycles (/gc/cycles/total:gc-cycles).
	GCCycles int64
	// GoResident is what the Go runtime has from the system and has not
	// returned (/memory/classes/total - /memory/classes/heap/released).
	GoResident int64
	// Stacks is memory of goroutine stacks (/memory/classes/heap/stacks:bytes).
	Stacks int64
	// Goroutines is their count (/sched/goroutines:goroutines).
	Goroutines int64

	// ProcessTime is when RSS and External were read.
	ProcessTime time.Time
	// RSS is the resident set size.
	RSS int64
	// FileBacked is the part of RSS that files back: programs, mapped files, and shared
	// memory. The kernel can drop most of it.
	FileBacked int64
	// External is resident memory outside the Go runtime: cgo, anonymous mmap.
	// RSS - FileBacked - GoResident, never below 0.
	External int64
}
