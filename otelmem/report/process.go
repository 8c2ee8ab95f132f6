package report

import "time"

// Process is the memory of the whole process. Bytes unless said.
type Process struct {
	RSS        int64 `json:"rss"`
	Heap       int64 `json:"heap"`
	Live       int64 `json:"live"` // heap after the last GC
	GoResident int64 `json:"goResident"`
	External   int64 `json:"external"`
	// FileBacked is what files back in RSS: programs, mapped files, and memory shared
	// with others (tmpfs, memfd, shared anonymous mmap).
	FileBacked int64 `json:"fileBacked"`
	Stacks     int64 `json:"stacks"`
	Goroutines int64 `json:"goroutines"`
	GCCycles   int64 `json:"gcCycles"`
	// Limit is the memory limit and LimitSource where it comes from; 0 for none.
	Limit       int64  `json:"limit"`
	LimitSource string `json:"limitSource,omitempty"`
	// LimitUsed is what counts against Limit: in a container, the memory of all of its
	// processes, without file pages that the kernel can drop.
	LimitUsed int64 `json:"limitUsed"`
	// HardLimit is the limit above which the process is killed, 0 for none; Limit can be
	// a lower one above which it is only slow. Room is what is left below HardLimit.
	HardLimit int64 `json:"hardLimit"`
	Room      int64 `json:"room"`
	// Rate is the trend of the resident set in bytes a second.
	Rate float64 `json:"rssRate"`
	// TimeToLimit is how long until the limit at this rate; 0 when memory does
	// not approach it.
	TimeToLimit time.Duration `json:"timeToLimitNanos"`
	// ExternalRise is the latest growth of External; nil where it did not rise.
	// ExternalRate is its trend in bytes a second.
	ExternalRise *Rise   `json:"externalRise,omitempty"`
	ExternalRate float64 `json:"externalRate"`
	// ExternalSuspectedSince is when External was first suspected to leak; zero
	// unless it is.
	ExternalSuspectedSince time.Time `json:"externalSuspectedSince,omitzero"`
}

// MemoryPoint is the memory of the process at one time. Bytes.
type MemoryPoint struct {
	Time     time.Time `json:"time"`
	RSS      int64     `json:"rss"`
	Heap     int64     `json:"heap"`
	Live     int64     `json:"live"` // heap after the last GC
	External int64     `json:"external"`
}

// Finding is a pattern in the process's own memory, with what shows it and what
// to do next.
type Finding struct {
	Pattern  string `json:"pattern"`
	Evidence string `json:"evidence"`
	Next     string `json:"next"`
}

// Patterns of a process.
const (
	PatternOutside     = "growth outside Go's heap"
	PatternHeap        = "growth of the live heap"
	PatternGoroutines  = "growing number of goroutines"
	PatternNotReturned = "memory not returned to the system"
	PatternPacing      = "garbage collector near the limit"
	PatternInFlight    = "spans that do not end"
	PatternFileBacked  = "growth of mapped files and shared memory"
)
