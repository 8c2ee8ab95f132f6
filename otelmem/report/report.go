package report

import (
	"time"

	"github.com/otelmem/otelmem-go/dump"
)

// Report is what was known at one time. Bytes unless said.
type Report struct {
	// Headline is the answer in one or two sentences.
	Headline Headline `json:"headline"`
	// Time is when the report was made, Began when diagnostics did.
	Time  time.Time `json:"time"`
	Began time.Time `json:"began"`
	// Service is the service's name, as the resource of its spans has it; empty where
	// none has passed, or has a name.
	Service string `json:"service,omitempty"`
	// Process is the process's memory, Baseline what it was at the start.
	Process  Process `json:"process"`
	Baseline Process `json:"baseline"`
	// Findings are patterns in the process's own memory.
	Findings []Finding `json:"findings"`
	// ProfileTime is when the heap profile behind Live was read. The profile shows
	// what was live after one of the last two GC cycles that had ended then. Zero
	// before the first reading.
	ProfileTime time.Time `json:"profileTime,omitzero"`
	// Categories and Operations: what is suspected to leak first, then what holds
	// most.
	Categories []Category  `json:"categories"`
	Operations []Operation `json:"operations"`
	// Lines are lines of the application that allocate for three operations or more: what
	// is suspected first, then what holds most; 50 at most.
	Lines []Line `json:"lines,omitempty"`
	// Goroutines are the groups of goroutines that are followed: what is suspected to
	// leak first, then what grows, then the largest.
	Goroutines []Goroutines `json:"goroutines,omitempty"`
	// Largest are recent spans, ten at most: those first whose growth their operation may
	// still hold, then those that left nothing.
	Largest []Span `json:"largest"`
	// Dumps are the heap profiles on disk, the oldest first.
	Dumps []dump.File `json:"dumps"`
	// Notices say what is missing in how the diagnostics were set up.
	Notices []string `json:"notices,omitempty"`
	// Disabled are the parts of the diagnostics that turned themselves off.
	Disabled []DisabledPart `json:"disabled"`
}

// DisabledPart is a part of the diagnostics that turned itself off.
type DisabledPart struct {
	Part   string `json:"part"`
	Reason string `json:"reason"`
}

// Category is a category of operations, with the sums of their figures.
type Category struct {
	Name       string     `json:"name"`
	Live       int64      `json:"live"`
	Allocated  int64      `json:"allocated"`
	Goroutines int        `json:"goroutines"`
	Growth     SpanGrowth `json:"growth"`
}
