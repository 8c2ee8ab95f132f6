package conclusions

import (
	"fmt"

	"github.com/otelmem/otelmem-go/internal/memstat"
	"github.com/otelmem/otelmem-go/internal/textfmt"
	"github.com/otelmem/otelmem-go/otelmem/report"
)

// From where on a pattern is one. Growth must also be a quarter of the growth of
// the resident set, so that the pattern is the process's and not a detail of it.
const (
	patternGrowth     = 16 * textfmt.MiB
	patternGoroutines = 1000
	patternUnused     = 64 * textfmt.MiB
)

// Findings says which patterns a process shows, compared with its start.
func Findings(now, start *report.Process) []report.Finding {
	var found []report.Finding
	add := func(pattern, next, evidence string, args ...any) {
		found = append(found, report.Finding{Pattern: pattern, Evidence: fmt.Sprintf(evidence, args...), Next: next})
	}
	mb := textfmt.Size
	rss := now.RSS - start.RSS
	if grew := now.External - start.External; grew >= patternGrowth && grew >= rss/4 {
		add(report.PatternOutside, "look at cgo, mmap and caches outside the heap; query spans by otelmem.external.growth, since heap profiles do not show it",
			"resident memory outside Go grew by %s to %s, of %s in all", mb(grew), mb(now.External), mb(rss))
	}
	if grew := now.FileBacked - start.FileBacked; grew >= patternGrowth && grew >= rss/4 {
		add(report.PatternFileBacked, "look at mmap of files, tmpfs, memfd and shared memory; /proc/PID/smaps names them. Pages of files go away when memory is short, shared memory does not",
			"resident memory that files back, or that is shared with others, grew by %s to %s, of %s in all", mb(grew), mb(now.FileBacked), mb(rss))
	}
	if grew := now.Live - start.Live; grew >= patternGrowth && grew >= rss/4 {
		add(report.PatternHeap, "read the operations below; compare two heap profiles with go tool pprof -diff_base",
			"live heap grew by %s to %s", mb(grew), mb(now.Live))
	}
	if grew := now.Goroutines - start.Goroutines; grew >= patternGoroutines && now.Goroutines >= 2*start.Goroutines {
		add(report.PatternGoroutines, "read below which operation started them and where they are blocked; each holds a stack and what it refers to",
			"%d goroutines, %d at the start; their stacks take %s", now.Goroutines, start.Goroutines, mb(now.Stacks))
	}
	if unused := now.GoResident - now.Heap - now.Stacks; unused >= patternUnused && unused >= now.GoResident/2 {
		next := "it is free for Go to use and goes back in the background; where it stays, spans of the heap are sparsely used: look for a few long-lived objects among many short-lived ones"
		if now.LimitSource != memstat.SourceRuntime {
			next += ", or set GOMEMLIMIT"
		}
		add(report.PatternNotReturned, next,
			"Go has %s and uses %s for objects and stacks", mb(now.GoResident), mb(now.Heap+now.Stacks))
	}
	if now.LimitSource == memstat.SourceRuntime && now.Live >= now.Limit/5*4 {
		add(report.PatternPacing, "raise GOMEMLIMIT or hold less: near the limit the collector runs all the time",
			"live heap is %s of the limit of %s", mb(now.Live), mb(now.Limit))
	}
	return found
}
