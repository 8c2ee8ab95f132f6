package otelmem

import (
	"fmt"

	"github.com/otelmem/otelmem-go/internal/memstat"
	"github.com/otelmem/otelmem-go/internal/textfmt"
)

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
)

// From where on a pattern is one. Growth must also be a quarter of the growth of
// the resident set, so that the pattern is the process's and not a detail of it.
const (
	patternGrowth     = 16 * textfmt.MiB
	patternGoroutines = 1000
	patternUnused     = 64 * textfmt.MiB
)

// findings says which patterns a process shows, compared with its start. It is a
// pure function.
func findings(now, start *ProcessReport) []Finding {
	var found []Finding
	add := func(pattern, next, evidence string, args ...any) {
		found = append(found, Finding{Pattern: pattern, Evidence: fmt.Sprintf(evidence, args...), Next: next})
	}
	rss := now.RSS - start.RSS
	if grew := now.External - start.External; grew >= patternGrowth && grew >= rss/4 {
		add(PatternOutside, "look at cgo, mmap and caches outside the heap; query spans by otelmem.external.growth, since heap profiles do not show it",
			"resident memory outside Go grew by %s to %s, of %s in all", textfmt.Size(grew), textfmt.Size(now.External), textfmt.Size(rss))
	}
	if grew := now.Live - start.Live; grew >= patternGrowth && grew >= rss/4 {
		add(PatternHeap, "read the operations below; compare two heap profiles with go tool pprof -diff_base",
			"live heap grew by %s to %s", textfmt.Size(grew), textfmt.Size(now.Live))
	}
	if grew := now.Goroutines - start.Goroutines; grew >= patternGoroutines && now.Goroutines >= 2*start.Goroutines {
		add(PatternGoroutines, "read below which operation started them and where they are blocked; each holds a stack and what it refers to",
			"%d goroutines, %d at the start; their stacks take %s", now.Goroutines, start.Goroutines, textfmt.Size(now.Stacks))
	}
	if unused := now.GoResident - now.Heap - now.Stacks; unused >= patternUnused && unused >= now.GoResident/2 {
		add(PatternNotReturned, "it is free for Go to use and goes back in the background; where it stays, spans of the heap are sparsely used: set GOMEMLIMIT, or look for a few long-lived objects among many short-lived ones",
			"Go has %s and uses %s for objects and stacks", textfmt.Size(now.GoResident), textfmt.Size(now.Heap+now.Stacks))
	}
	if now.LimitSource == memstat.SourceRuntime && now.Live >= now.Limit/5*4 {
		add(PatternPacing, "raise GOMEMLIMIT or hold less: near the limit the collector runs all the time",
			"live heap is %s of the limit of %s", textfmt.Size(now.Live), textfmt.Size(now.Limit))
	}
	return found
}
