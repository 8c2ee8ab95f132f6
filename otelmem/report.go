package otelmem

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/otelmem/otelmem-go/dump"
	"github.com/otelmem/otelmem-go/internal/memstat"
)

// Report is what is known now, as data; [Report.String] is the text. Bytes
// unless said.
type Report struct {
	// Sentence is the verdict in one sentence.
	Sentence string `json:"sentence"`
	// Time is when the report was made, Began when diagnostics did.
	Time  time.Time `json:"time"`
	Began time.Time `json:"began"`
	// Process is the process's memory, Baseline what it was at the start.
	Process  ProcessReport `json:"process"`
	Baseline ProcessReport `json:"baseline"`
	// Categories and Operations are those whose operations grew, and the others;
	// the largest growth first.
	Categories []CategoryReport  `json:"categories"`
	Operations []OperationReport `json:"operations"`
	// Largest are the recent spans with the largest growth, ten at most.
	Largest []Span `json:"largest"`
	// Dumps are the heap profiles on disk, the oldest first.
	Dumps []dump.File `json:"dumps"`
	// Disabled are the parts that turned themselves off.
	Disabled []DisabledPart `json:"disabled"`
}

// ProcessReport is the memory of the whole process.
type ProcessReport struct {
	RSS        int64 `json:"rss"`
	Heap       int64 `json:"heap"`
	Live       int64 `json:"live"` // heap after the last GC
	GoResident int64 `json:"goResident"`
	External   int64 `json:"external"`
	Stacks     int64 `json:"stacks"`
	Goroutines int64 `json:"goroutines"`
	GCCycles   int64 `json:"gcCycles"`
	// Limit is the memory limit and LimitSource where it comes from; 0 for none.
	Limit       int64  `json:"limit"`
	LimitSource string `json:"limitSource,omitempty"`
	// Rate is the trend of the resident set in bytes a second.
	Rate float64 `json:"rssRate"`
	// TimeToLimit is how long until the limit at this rate; 0 when memory does
	// not near it.
	TimeToLimit time.Duration `json:"timeToLimitNanos"`
}

// SpanGrowth is what the process's memory grew while operations ran: summed over
// them, shrinking counted as 0. Operations that ran at the same time each count
// the same growth; Share does not.
type SpanGrowth struct {
	Calls    int64 `json:"calls"`
	RSS      int64 `json:"rss"`
	Heap     int64 `json:"heap"`
	External int64 `json:"external"`
	// Share is the fair share of the heap's growth, shrinking included.
	Share int64 `json:"share"`
	// Worst is the span with the largest growth.
	Worst Span `json:"worst"`
}

// OperationReport is about one operation.
type OperationReport struct {
	Name     string     `json:"name"`
	Category string     `json:"category"`
	Growth   SpanGrowth `json:"growth"`
}

// CategoryReport is the same, summed over a category's operations.
type CategoryReport struct {
	Name   string     `json:"name"`
	Growth SpanGrowth `json:"growth"`
}

// largestSpans is how many spans a report shows.
const largestSpans = 10

// Report says what is known now. It costs some microseconds and a look into the
// folder of heap profiles; it forces no GC. It fails where diagnostics are off.
func (d *Diagnostics) Report(ctx context.Context) (*Report, error) {
	if !d.Enabled() {
		return nil, ErrDisabled
	}
	if err := ctx.Err(); err != nil {
		return nil, fmt.Errorf("report: %w", err)
	}
	d.intake.drain()
	now := d.reader.Fresh()
	r := &Report{
		Time:     now.Time,
		Began:    d.began,
		Process:  newProcessReport(now, d.limit),
		Baseline: newProcessReport(d.start, d.limit),
		Disabled: d.parts.list(),
	}
	r.Process.Rate = d.forecast.rate()
	r.Process.TimeToLimit, _ = d.forecast.timeToLimit(now.RSS, d.limit.Bytes)
	categories, operations := d.book.accounts()
	for name, a := range categories {
		r.Categories = append(r.Categories, CategoryReport{Name: name, Growth: a.growth()})
	}
	for name, a := range operations {
		r.Operations = append(r.Operations, OperationReport{Name: name, Category: a.category, Growth: a.growth()})
	}
	slices.SortFunc(r.Categories, func(a, b CategoryReport) int {
		return cmp.Or(a.Growth.compare(&b.Growth), cmp.Compare(a.Name, b.Name))
	})
	slices.SortFunc(r.Operations, func(a, b OperationReport) int {
		return cmp.Or(a.Growth.compare(&b.Growth), cmp.Compare(a.Name, b.Name))
	})
	recent := d.book.recent(time.Time{})
	r.Largest = recent[:min(len(recent), largestSpans)]
	entries, err := d.dumper.List()
	if err != nil {
		r.Disabled = append(r.Disabled, DisabledPart{Part: "list of dumps", Reason: err.Error()})
	}
	for _, entry := range entries {
		r.Dumps = append(r.Dumps, entry.File)
	}
	r.Sentence = sentence(r)
	return r, nil
}

// compare puts the larger growth first: the share of the heap's growth and what
// grew outside the heap.
func (g *SpanGrowth) compare(other *SpanGrowth) int {
	return cmp.Or(
		cmp.Compare(max(other.Share, other.External), max(g.Share, g.External)),
		cmp.Compare(other.Calls, g.Calls))
}

func (a *account) growth() SpanGrowth {
	return SpanGrowth{Calls: a.calls, RSS: a.rss, Heap: a.heap, External: a.external, Share: a.share, Worst: a.worst.shown()}
}

func newProcessReport(s memstat.Snapshot, limit memstat.Limit) ProcessReport {
	return ProcessReport{
		RSS:         s.RSS,
		Heap:        s.HeapObjects,
		Live:        s.Live,
		GoResident:  s.GoResident,
		External:    s.External,
		Stacks:      s.Stacks,
		Goroutines:  s.Goroutines,
		GCCycles:    s.GCCycles,
		Limit:       limit.Bytes,
		LimitSource: limit.Source,
	}
}
