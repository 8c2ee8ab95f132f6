package dump

import "time"

// Memory is a reading of a process's memory. Sizes are in bytes.
//
// A [Dumper] needs Time and RSS; where RSS is 0 it compares GoResident with the
// thresholds, and with GOGC=off and GOMEMLIMIT the sum of Live, Stacks and
// External. The other fields are written to the metadata file and to the event
// spans as they are. Fields without a JSON name are not written to the file.
type Memory struct {
	// Time is when the runtime's figures were read.
	Time time.Time `json:"-"`
	// HeapObjects is memory of live objects and of dead ones not yet swept
	// (/memory/classes/heap/objects:bytes).
	HeapObjects int64 `json:"heap"`
	// Allocated is the total ever allocated on the heap (/gc/heap/allocs:bytes).
	Allocated int64 `json:"-"`
	// Live is what the last GC cycle found reachable (/gc/heap/live:bytes).
	Live int64 `json:"live"`
	// GCCycles is the number of completed GC cycles (/gc/cycles/total:gc-cycles).
	// The metadata file has it as [Metadata.GCCycles].
	GCCycles int64 `json:"-"`
	// GoResident is what the Go runtime has from the system and has not returned
	// (/memory/classes/total - /memory/classes/heap/released).
	GoResident int64 `json:"goResident"`
	// Stacks is memory of goroutine stacks (/memory/classes/heap/stacks:bytes).
	Stacks int64 `json:"stacks"`
	// Goroutines is their number (/sched/goroutines:goroutines).
	Goroutines int64 `json:"goroutines"`

	// ProcessTime is when RSS and External were read.
	ProcessTime time.Time `json:"-"`
	// RSS is the resident set size; 0 where it cannot be read.
	RSS int64 `json:"rss"`
	// External is resident memory outside the Go runtime: cgo, anonymous mmap.
	External int64 `json:"external"`
}

// Limit is the memory limit of a process.
type Limit struct {
	// Bytes is the limit; 0 if there is none.
	Bytes int64
	// Source says where the limit comes from: "GOMEMLIMIT", "cgroup", or any other
	// text. It is written to the metadata file. Only "GOMEMLIMIT" changes what is
	// compared with the thresholds, and only with GOGC=off.
	Source string
}
