package otelmem

import (
	"cmp"
	"slices"
	"time"

	"github.com/otelmem/otelmem-go/internal/memstat"
	"github.com/otelmem/otelmem-go/internal/tick"
	"github.com/otelmem/otelmem-go/internal/verdict"
	"github.com/otelmem/otelmem-go/otelmem/internal/spanstats"
	"github.com/otelmem/otelmem-go/otelmem/internal/telemetry"
)

// lookEvery is how long a GROWTH line waits at most, and how far apart the newest
// points of the process's history are; both are lookAtRest when no span has ended for
// restAfter.
const (
	lookEvery  = time.Second
	lookAtRest = 2 * time.Second
	restAfter  = 15 * time.Second
)

// runBackground works until stop is closed: at each look it counts the spans that
// ended, writes the lines that wait and takes a point of history; when a reading is due
// (see nextReading) it reads the heap profile; each report interval it writes the
// periodic lines.
//
// What panics ends that step alone, and its part is off.
func (d *Diagnostics) runBackground(stop <-chan struct{}) {
	look := time.NewTimer(tick.Until(time.Now(), lookEvery))
	defer look.Stop()
	periodic := time.NewTicker(d.config.reportInterval)
	defer periodic.Stop()
	reading := time.NewTimer(d.nextReading())
	defer reading.Stop()
	lastSpans := time.Now()
	last, limit := d.baseline, d.limitAt(d.baseline)
	d.history.Add(last)
	for {
		select {
		case <-stop:
			d.contain(partJudging, func() {
				d.spans.Drain()
				if now := d.reader.Fresh(); d.heap.Stale(now) {
					d.readHeap(now) // for the last export
				}
			})
			d.contain(partLog, func() {
				d.logWaiting()
				d.logSummary()
			})
			return
		case <-look.C:
			d.contain(partLog, func() {
				now := d.reader.Fresh()
				d.history.Add(now)
				if d.spans.Drain() > 0 {
					lastSpans = time.Now()
				}
				limit = d.logLimit(limit, now)
				d.logWaiting()
			})
			every := lookEvery
			if time.Since(lastSpans) > restAfter {
				every = lookAtRest
			}
			look.Reset(tick.Until(time.Now(), every))
		case <-reading.C:
			d.contain(partJudging, func() {
				d.spans.Drain()
				d.readMemory(d.reader.Fresh())
			})
			reading.Reset(d.nextReading())
		case <-periodic.C:
			now := d.reader.Fresh()
			d.contain(partLog, func() { d.logPeriodic(last, now) })
			last = now
		}
	}
}

// logPeriodic writes the lines of a report interval.
func (d *Diagnostics) logPeriodic(last, now memstat.Snapshot) {
	d.spans.Drain()
	d.logWaiting()
	d.log.Periodic(last, now)
	d.logSummary()
	d.wantExamples(true)
}

func (d *Diagnostics) nextReading() time.Duration {
	rising, took := d.heap.Rising()
	outside, _ := d.outside.Result()
	now := d.reader.Fresh()
	left, _ := d.forecast.TimeToLimit(now, d.limitAt(now))
	grows := len(rising) > 0 || outside.Verdict == verdict.Rising || outside.Verdict == verdict.Growing
	return nextReading(time.Since(d.began), grows, left, took, d.config.reportInterval)
}

// readMemory takes a reading of everything that is judged over time.
func (d *Diagnostics) readMemory(now memstat.Snapshot) {
	d.forecast.Add(now)
	d.outside.Add(now)
	d.readHeap(now)
}

// readHeap reads the heap profile and reports what is newly suspected. What grows
// now may be suspected by the next reading: until then examples of it are marked.
func (d *Diagnostics) readHeap(now memstat.Snapshot) {
	events := *d.events.Load()
	defer d.wantExamples(false)
	changes := d.heap.Read(now, d.spans.Statistics.CategoryOf)
	d.partIs(partLive)(reasonOf(changes.Err))
	for _, o := range changes.Ended {
		d.log.LeakEnded(&o)
	}
	for _, g := range changes.Goroutines {
		d.log.GoroutineLeak(&g)
		telemetry.GoroutinesSuspected(events, &g, d.spans.Examples.Of(g.Operation), d.spans.Statistics.OfOperation(g.Operation, telemetry.MaxLeakLinks))
	}
	for _, o := range changes.Began {
		examples := d.spans.Examples.Of(o.Name)
		d.log.Leak(&o, examples)
		telemetry.LeakSuspected(events, &o, now, d.limitAt(now),
			examples, d.spans.Statistics.OfOperation(o.Name, telemetry.MaxLeakLinks))
	}
}

// wantExamples marks spans of what grows: some when it begins, and some more each
// report interval.
func (d *Diagnostics) wantExamples(refill bool) {
	rising, _ := d.heap.Rising()
	d.spans.Examples.Renew(rising, refill)
}

func (d *Diagnostics) logWaiting() {
	d.log.Disabled()
	d.log.WriteWaiting()
}

// logSummary writes a line for each category that grew, what holds most first.
func (d *Diagnostics) logSummary() {
	categories, _ := d.heap.Categories()
	live := make(map[string]int64)
	for _, c := range categories {
		live[c.Name] = int64(c.Live)
	}
	holds := func(category string) int64 {
		if len(categories) == 0 {
			return -1 // the heap profile has not been read
		}
		return live[category]
	}
	all := d.spans.Statistics.Summary()
	slices.SortStableFunc(all, func(a, b spanstats.Totals) int { return cmp.Compare(holds(b.Category), holds(a.Category)) })
	for _, totals := range all {
		d.log.Summary(totals, holds(totals.Category))
	}
}
