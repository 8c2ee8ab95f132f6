package otelmem

import (
	"context"

	"github.com/otelmem/otelmem-go/dump"
	"github.com/otelmem/otelmem-go/internal/attrs"
	"github.com/otelmem/otelmem-go/internal/heaptag"
	"github.com/otelmem/otelmem-go/otelmem/internal/diaglog"
	"github.com/otelmem/otelmem-go/otelmem/internal/process"
	"github.com/otelmem/otelmem-go/otelmem/internal/spanstats"
	"github.com/otelmem/otelmem-go/otelmem/internal/telemetry"
	"github.com/otelmem/otelmem-go/spanhook"
)

// This file has what is called when something happens elsewhere: a span ended, a
// dump was written, metrics are collected.

func (d *Diagnostics) recordMetrics(s *spanstats.Span, g *spanhook.Growth) {
	if m := d.meter.Load(); m != nil {
		m.Record(s.Category, g)
	}
}

func (d *Diagnostics) learn(s *spanstats.Span, g *spanhook.Growth) {
	d.heap.Learn(s.Operation, g)
	// One category an operation: spans know more of it than its tag's name.
	heaptag.Default.SetCategory(s.Operation, s.Category)
}

func (d *Diagnostics) logGrowth(s *spanstats.Span, g *spanhook.Growth) {
	if s.Largest() >= d.config.growthLogMin {
		d.log.Growth(g, d.config.logQuery)
	}
}

// dumpOutcomes are the events that end a dump, as metrics count them.
var dumpOutcomes = map[dump.Kind]string{
	dump.Written: attrs.OutcomeWritten,
	dump.Skipped: attrs.OutcomeSkipped,
	dump.Failed:  attrs.OutcomeFailed,
}

// dumped hears what the dumper does. A dump that failed is a part that is off until
// one succeeds, or until the folder is found to be writable again.
func (d *Diagnostics) dumped(e dump.Event) {
	switch {
	case e.Kind == dump.Disabled:
		d.parts.Disable(partThresholds, diaglog.DumpText(e))
		return
	case e.Kind == dump.Unwritable:
		d.parts.Disable(partDumps, e.Text) // and so to the log
		return
	case e.Kind == dump.Failed && e.Reason != "":
		d.parts.Disable(partDumps, diaglog.DumpText(e))
	case e.Kind == dump.Written, e.Kind == dump.Writable:
		d.parts.Restore(partDumps)
	}
	d.log.Dump(e)
	outcome, ended := dumpOutcomes[e.Kind]
	// A failure without a reason is of something beside a dump.
	if m := d.meter.Load(); m != nil && ended && e.Reason != "" {
		m.Dump(context.Background(), e.Reason, outcome)
	}
}

// observe gathers what metrics observe. All spans that ended before a collection are
// counted in it.
func (d *Diagnostics) observe() telemetry.Observation {
	d.spans.Drain()
	now := d.reader.Fresh()
	g := telemetry.Observation{
		External:    now.External,
		TimeToLimit: -1,
		SelfMemory:  d.selfMemory(),
		Untracked:   d.hook.Stats().Untracked,
		Overflowed:  max(d.names.Overflowed(), heaptag.Default.Beyond()),
		Disabled:    d.parts.List(),
	}
	g.Categories, g.ProfileTook = d.heap.Categories()
	if left, ok := d.forecast.TimeToLimit(now, d.limitAt(now)); ok {
		g.TimeToLimit = left.Seconds()
	}
	return g
}

// selfMemory is about what diagnostics hold themselves, in bytes.
func (d *Diagnostics) selfMemory() int64 {
	return d.hook.Stats().Bytes + d.spans.Bytes() + d.heap.Bytes() + process.HistoryBytes
}
