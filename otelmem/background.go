package otelmem

import (
	"fmt"
	"time"

	"go.opentelemetry.io/otel/trace"

	"github.com/otelmem/otelmem-go/internal/memstat"
	"github.com/otelmem/otelmem-go/otelmem/internal/telemetry"
)

// logDelay is how long a GROWTH line waits at most, and how far apart the newest
// points of the process's history are.
const logDelay = time.Second

// runBackground works until stop is closed: each second it writes the lines that
// wait and takes a point of history; each report interval it reads the heap
// profile and writes the periodic lines.
func (d *Diagnostics) runBackground(stop <-chan struct{}, events trace.Tracer) {
	defer func() {
		if p := recover(); p != nil {
			d.parts.Disable("log", fmt.Sprintf("panic: %v", p))
		}
	}()
	soon := time.NewTicker(logDelay)
	defer soon.Stop()
	periodic := time.NewTicker(d.config.reportInterval)
	defer periodic.Stop()
	last := d.baseline
	d.forecast.Add(last)
	d.history.Add(last)
	for {
		select {
		case <-stop:
			d.spans.Drain()
			d.logWaiting()
			d.logSummary()
			return
		case <-soon.C:
			d.history.Add(d.reader.Fresh())
			d.logWaiting()
		case <-periodic.C:
			now := d.reader.Fresh()
			d.forecast.Add(now)
			d.spans.Drain()
			d.readHeap(events, now)
			d.logWaiting()
			d.log.Periodic(last, now)
			d.logSummary()
			last = now
		}
	}
}

// readHeap reads the heap profile and reports what is newly suspected. What grows
// now may be suspected by the next reading: until then examples of it are marked.
func (d *Diagnostics) readHeap(events trace.Tracer, now memstat.Snapshot) {
	defer func() { d.spans.Examples.Renew(d.heap.Growing()) }()
	for _, o := range d.heap.Read(now, d.spans.Statistics.CategoryOf) {
		examples := d.spans.Examples.Of(o.Name)
		d.log.Leak(&o, examples)
		telemetry.LeakSuspected(events, &o, now, d.limit,
			examples, d.spans.Statistics.OfOperation(o.Name, telemetry.MaxLeakLinks))
	}
}

func (d *Diagnostics) logWaiting() {
	d.log.Disabled()
	d.log.WriteWaiting()
}

func (d *Diagnostics) logSummary() {
	for _, totals := range d.spans.Statistics.Summary() {
		d.log.Summary(totals)
	}
}
