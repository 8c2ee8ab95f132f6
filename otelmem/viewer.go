package otelmem

import (
	"context"
	"time"

	"github.com/otelmem/otelmem-go/dump"
	"github.com/otelmem/otelmem-go/otelmem/internal/spanstats"
	"github.com/otelmem/otelmem-go/otelmem/report"
)

// This file has what a report leaves out and a viewer, like otelmem/debugpage,
// needs.

// Spans returns the recent spans with the largest growth, n at most. A hundred
// are kept of each category.
func (d *Diagnostics) Spans(n int) []report.Span {
	if !d.Enabled() {
		return nil
	}
	d.spans.Drain()
	recent := d.spans.Statistics.Recent(time.Time{})
	return spanstats.Reports(recent[:max(0, min(n, len(recent)))])
}

// Dumps returns the heap profiles in the folder with what is known of each, the
// oldest first, whichever process wrote them. It reads the folder. It fails
// where diagnostics are off.
func (d *Diagnostics) Dumps() ([]dump.Entry, error) {
	if !d.Enabled() {
		return nil, d.unavailable()
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
func (d *Diagnostics) Done() <-chan struct{} {
	if !d.Enabled() {
		return nil
	}
	return d.done
}

// Dump writes a heap profile now, whatever the thresholds say. reason goes into
// its name and its metadata file. It is safe for concurrent use: dumps take turns.
func (d *Diagnostics) Dump(ctx context.Context, reason string) (dump.File, error) {
	if !d.Enabled() {
		return dump.File{}, d.unavailable()
	}
	return d.dumper.Dump(orBackground(ctx), reason)
}

// History returns the process's memory since [Diagnostics.Start], the oldest point
// first: 600 points at most, a second apart where they are new, the further apart
// the older they are. It is empty where diagnostics are off.
func (d *Diagnostics) History() []report.MemoryPoint {
	if !d.Enabled() {
		return nil
	}
	return d.history.Points()
}
