package spanstats

import (
	"cmp"
	"slices"
	"time"

	"github.com/otelmem/otelmem-go/dump"
	"github.com/otelmem/otelmem-go/spanhook"
)

// suspectWindow is how long an operation that ended stays a suspect.
const suspectWindow = 10 * time.Second

// Suspects are what the event of a dump links to, and its metadata file names: the
// operations in flight and those that just ended, each kind with
// the largest growth first. The caller takes as many as it has room for: half of
// the room is kept for each kind.
func (r *Recorder) Suspects(inFlight []spanhook.Running, names spanhook.Namer) []dump.Suspect {
	var running []dump.Suspect
	for _, s := range inFlight {
		operation, category := names(s.Span)
		running = append(running, dump.Suspect{
			SpanContext: s.Span.SpanContext(),
			Operation:   operation,
			Category:    category,
			Growth:      s.Growth,
			InFlight:    true,
		})
	}
	slices.SortFunc(running, func(a, b dump.Suspect) int { return cmp.Compare(b.Growth, a.Growth) })
	r.Drain()
	var ended []dump.Suspect
	for _, s := range r.Statistics.Recent(time.Now().Add(-suspectWindow)) {
		ended = append(ended, dump.Suspect{SpanContext: s.Context, Operation: s.Operation, Category: s.Category, Growth: s.Largest()})
	}
	half := dump.MaxSuspects / 2
	first := min(len(running), max(half, dump.MaxSuspects-len(ended)))
	return slices.Concat(running[:first], ended, running[first:])
}
