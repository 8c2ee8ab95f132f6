package otelmem

import (
	"context"
	"fmt"
	"time"

	"go.opentelemetry.io/otel/trace"

	"github.com/otelmem/otelmem-go/dump"
	"github.com/otelmem/otelmem-go/internal/attrs"
	"github.com/otelmem/otelmem-go/internal/heaptag"
)

// logDelay is how long a GROWTH line waits at most.
const logDelay = time.Second

// report writes the log until stop is closed: what waits, each second, with a
// point of history; the periodic lines, each report interval.
func (d *Diagnostics) report(stop <-chan struct{}, events trace.Tracer) {
	defer func() {
		if p := recover(); p != nil {
			d.parts.disable("log", panicText(p))
		}
	}()
	soon := time.NewTicker(logDelay)
	defer soon.Stop()
	periodic := time.NewTicker(d.config.reportInterval)
	defer periodic.Stop()
	last := d.start
	d.forecast.add(last)
	d.history.add(last)
	for {
		select {
		case <-stop:
			d.intake.drain()
			d.logWaiting()
			d.logSummary()
			return
		case <-soon.C:
			d.history.add(d.reader.Fresh())
			d.logWaiting()
		case <-periodic.C:
			now := d.reader.Fresh()
			d.forecast.add(now)
			d.intake.drain()
			d.attribute(events, now)
			d.logWaiting()
			if line := periodicLine(last, now); line != "" {
				d.journal.line(kindPeriodic, "%s", line)
			}
			d.logSummary()
			last = now
		}
	}
}

func (d *Diagnostics) logWaiting() {
	d.parts.announce(d.journal)
	lines, dropped := d.pending.take()
	for _, line := range lines {
		d.journal.line(kindGrowth, "%s", line)
	}
	if dropped > 0 {
		d.journal.line(kindGrowth, "%d more operations grew beyond the minimum; the summary has them", dropped)
	}
}

func (d *Diagnostics) logSummary() {
	for _, sums := range d.book.summary() {
		d.journal.line(kindSummary, "%s", summaryLine(sums))
	}
}

// dumpOutcomes are the events that end a dump, as metrics count them.
var dumpOutcomes = map[dump.Kind]string{
	dump.Written: attrs.OutcomeWritten,
	dump.Skipped: attrs.OutcomeSkipped,
	dump.Failed:  attrs.OutcomeFailed,
}

// dumped hears of what the dumper does.
func (d *Diagnostics) dumped(e dump.Event) {
	if e.Kind == dump.Disabled {
		d.parts.disable("dumps", dumpLine(e))
		return
	}
	d.journal.line(kindDump, "%s", dumpLine(e))
	outcome, ended := dumpOutcomes[e.Kind]
	// A failure without a reason is of something beside a dump.
	if m := d.meter.Load(); m != nil && ended && e.Reason != "" {
		m.dump(context.Background(), e.Reason, outcome)
	}
}

// observe gathers the gauges. All spans that ended before a collection are
// counted in it.
func (d *Diagnostics) observe() gauges {
	d.intake.drain()
	now := d.reader.Fresh()
	g := gauges{
		external:    now.External,
		timeToLimit: -1,
		selfMemory:  d.selfMemory(),
		untracked:   d.hook.Stats().Untracked,
		overflowed:  max(d.names.bounded.Overflowed(), heaptag.Default.Beyond()),
		disabled:    d.parts.list(),
	}
	g.categories, g.profileTook = d.attribution.byCategory()
	if left, ok := d.forecast.timeToLimit(now.RSS, d.limit.Bytes); ok {
		g.timeToLimit = left.Seconds()
	}
	return g
}

// selfMemory is about what diagnostics hold themselves, in bytes.
func (d *Diagnostics) selfMemory() int64 {
	return d.hook.Stats().Bytes + d.book.size() + d.attribution.size() + intakeBytes + historyBytes + examplesBytes
}

func panicText(p any) string { return fmt.Sprintf("panic: %v", p) }
