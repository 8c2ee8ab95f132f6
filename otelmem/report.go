package otelmem

import (
	"context"
	"fmt"
	"time"

	"github.com/otelmem/otelmem-go/dump"
	"github.com/otelmem/otelmem-go/internal/memstat"
	"github.com/otelmem/otelmem-go/internal/verdict"
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
	// Findings are patterns in the process's own memory.
	Findings []Finding `json:"findings"`
	// ProfileTime is when the heap profile behind Live was read; it shows what was
	// live after one of the last two of the GC cycles that had ended then. Zero
	// before the first report interval.
	ProfileTime time.Time `json:"profileTime,omitzero"`
	// Categories and Operations: what is suspected to leak first, then what holds
	// most.
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

// OperationReport is about one operation: what it holds by the heap profile, and
// what the process did while it ran.
type OperationReport struct {
	Name     string `json:"name"`
	Category string `json:"category"`
	// Live is an estimate of what is live of the operation's making, LiveError
	// its standard error; Allocated is all it ever allocated. Bytes.
	Live      int64 `json:"live"`
	LiveError int64 `json:"liveError"`
	Allocated int64 `json:"allocated"`
	// AllocatedRate is how much of it a second of late.
	AllocatedRate float64 `json:"allocatedRate"`
	// Calls is the number of its spans that ended.
	Calls int64 `json:"calls"`
	// Goroutines is how many goroutines that it started live, Blocked where most
	// of them stand.
	Goroutines int    `json:"goroutines"`
	Blocked    string `json:"blocked,omitempty"`
	// Verdict is what its live bytes show over time, Evidence why.
	Verdict  Verdict `json:"verdict,omitempty"`
	Evidence string  `json:"evidence,omitempty"`
	// Suspected says that two verdicts in a row were growing: one can be an
	// accident.
	Suspected bool `json:"suspected"`
	// Rate is the trend of the live bytes (Theil–Sen) in bytes a second, P the
	// probability of such a rise by accident (Mann–Kendall).
	Rate float64 `json:"liveRate"`
	P    float64 `json:"p"`
	// By says how the bytes came to the operation; empty where none did.
	By Attribution `json:"by,omitempty"`
	// Sites are the lines that allocated what is live, the most first.
	Sites []Site `json:"sites,omitempty"`
	// Examples are spans of it that bear otelmem.leak.example, for samplers to keep,
	// the latest first; only while its live bytes grow.
	Examples []Span `json:"examples,omitempty"`
	// History is how Live came to be: some dozens of points, the oldest first.
	History []OperationPoint `json:"history,omitempty"`
	// Growth is the evidence of its spans.
	Growth SpanGrowth `json:"growth"`
}

// Verdict is what an operation's live bytes show over time.
type Verdict = verdict.Verdict

// Site is a line of code and the live bytes that it allocated for an operation.
type Site struct {
	Function string `json:"function"`
	File     string `json:"file"`
	Line     int    `json:"line"`
	Bytes    int64  `json:"bytes"`
}

// CategoryReport is the same, summed over a category's operations.
type CategoryReport struct {
	Name       string     `json:"name"`
	Live       int64      `json:"live"`
	Allocated  int64      `json:"allocated"`
	Goroutines int        `json:"goroutines"`
	Growth     SpanGrowth `json:"growth"`
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
	d.addOperations(r, now)
	recent := d.book.recent(time.Time{})
	r.Largest = shownAll(recent[:min(len(recent), largestSpans)])
	entries, err := d.dumper.List()
	if err != nil {
		r.Disabled = append(r.Disabled, DisabledPart{Part: "list of dumps", Reason: err.Error()})
	}
	for _, entry := range entries {
		r.Dumps = append(r.Dumps, entry.File)
	}
	r.Findings = findings(&r.Process, &r.Baseline)
	r.Sentence = sentence(r)
	return r, nil
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
