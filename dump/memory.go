package dump

import (
	"time"

	"github.com/otelmem/otelmem-go/internal/memstat"
)

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
	// FileBacked is the part of RSS that files back: programs, mapped files, shared
	// memory.
	FileBacked int64 `json:"-"`
	// External is resident memory outside the Go runtime: cgo, anonymous mmap.
	External int64 `json:"external"`
}

// Limit is what limits the memory of a process, at one instant, in bytes. Above a
// hard limit a process is killed, so that a profile is written only where there is
// room below it. Above a soft one it is slow: that is a threshold, and forbids nothing.
type Limit struct {
	// Bytes is the limit that thresholds are shares of; 0 if there is none.
	Bytes int64
	// Source says where the limit comes from: "GOMEMLIMIT" and "cgroup memory.high",
	// which are soft, "cgroup", or any other text. It is written to the metadata file.
	Source string
	// Used is what counts against Bytes, other processes' memory included; 0: what the
	// process uses itself.
	Used int64
	// Hard is the hard limit; 0: Bytes, unless its Source is soft. HardUsed is what
	// counts against it, as Used.
	Hard, HardUsed int64
}

// withHard fills Hard in.
func (l Limit) withHard() Limit {
	if l.Hard == 0 && l.Source != memstat.SourceRuntime && l.Source != memstat.SourceHigh {
		l.Hard, l.HardUsed = l.Bytes, l.Used
	}
	return l
}

// room is how many bytes are left below the hard limit, of which the process uses own
// itself.
func (l Limit) room(own int64) int64 { return memstat.Limit(l).Room(own) }
