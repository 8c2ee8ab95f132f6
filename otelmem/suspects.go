package otelmem

import (
	"cmp"
	"slices"
	"time"

	"github.com/otelmem/otelmem-go/dump"
)

// suspectWindow is how long an operation that ended stays a suspect.
const suspectWindow = 10 * time.Second

// suspects are the operations in flight and those that just ended, each kind
// with the largest growth first. The caller takes as many as it has room for:
// half of the room is kept for each kind.
func (d *Diagnostics) suspects() []dump.Suspect {
	var running []dump.Suspect
	for _, r := range d.hook.Running() {
		operation, category := d.names.of(r.Span)
		running = append(running, dump.Suspect{
			SpanContext: r.Span.SpanContext(),
			Operation:   operation,
			Category:    category,
			Growth:      r.Growth,
			InFlight:    true,
		})
	}
	slices.SortFunc(running, func(a, b dump.Suspect) int { return cmp.Compare(b.Growth, a.Growth) })
	d.intake.drain()
	var ended []dump.Suspect
	for _, s := range d.book.recent(time.Now().Add(-suspectWindow)) {
		ended = append(ended, dump.Suspect{SpanContext: s.context, Operation: s.Operation, Category: s.Category, Growth: s.Largest()})
	}
	half := dump.MaxSuspects / 2
	first := min(len(running), max(half, dump.MaxSuspects-len(ended)))
	return slices.Concat(running[:first], ended, running[first:])
}
