package otelmem

import (
	"time"

	"github.com/otelmem/otelmem-go/dump"
)

// This file is for who looks on, like otelmem/debugpage: what a report has no
// room for.

// Spans returns the recent spans with the largest growth, n at most. A hundred
// are kept of each category.
func (d *Diagnostics) Spans(n int) []Span {
	if !d.Enabled() {
		return nil
	}
	d.intake.drain()
	recent := d.book.recent(time.Time{})
	return shownAll(recent[:max(0, min(n, len(recent)))])
}

// Dumps returns the heap profiles in the folder with what is known of each, the
// oldest first, whichever process wrote them. It reads the folder. It fails
// where diagnostics are off.
func (d *Diagnostics) Dumps() ([]dump.Entry, error) {
	if !d.Enabled() {
		return nil, ErrDisabled
	}
	return d.dumper.List()
}

// Thresholds returns where heap profiles are written, from low to high; none
// where diagnostics are off.
func (d *Diagnostics) Thresholds() []dump.Threshold {
	if !d.Enabled() {
		return nil
	}
	return d.dumper.Thresholds()
}

// Done returns a channel that Shutdown closes. It is nil where diagnostics are
// off.
func (d *Diagnostics) Done() <-chan struct{} { return d.done }
