package watch

import (
	"time"

	"github.com/otelmem/otelmem-go/internal/memstat"
	"github.com/otelmem/otelmem-go/otelmem/internal/attribution"
	"github.com/otelmem/otelmem-go/otelmem/internal/conclusions"
	"github.com/otelmem/otelmem-go/otelmem/report"
)

// Report says what is known of the program, as of the last reading.
func (p *Program) Report() *report.Report {
	p.mu.Lock()
	defer p.mu.Unlock()
	now := p.last
	r := &report.Report{
		Time: now.Time, Began: p.began,
		Process: newProcess(now, p.limit), Baseline: newProcess(p.baseline, p.limit),
		Notices: p.notices(),
	}
	if now.RSS > 0 {
		r.Process.Rate = p.forecast.Rate()
		r.Process.TimeToLimit, _ = p.forecast.TimeToLimit(now, p.limit)
	}
	outside, since := p.beyond.Result()
	r.Process.ExternalRise, r.Process.ExternalRate, r.Process.ExternalSuspectedSince = attribution.NewRise(&outside), outside.Slope, since
	held, at, err := p.heap.Operations()
	r.ProfileTime = at
	if err != nil {
		r.Disabled = append(r.Disabled, report.DisabledPart{Part: "live bytes", Reason: err.Error()})
	}
	if p.problem != nil {
		r.Disabled = append(r.Disabled, report.DisabledPart{Part: "readings", Reason: p.problem.Error()})
	}
	sums := make(map[string]int)
	for i := range held {
		h := &held[i]
		o := report.Operation{Name: h.Name, Category: h.Category}
		h.Set(&o)
		r.Operations = append(r.Operations, o)
		if h.Category == attribution.Untagged {
			continue // as all code is
		}
		if _, ok := sums[h.Category]; !ok {
			sums[h.Category] = len(r.Categories)
			r.Categories = append(r.Categories, report.Category{Name: h.Category})
		}
		c := &r.Categories[sums[h.Category]]
		c.Live += o.Live
		c.Allocated += o.Allocated
		c.Goroutines += o.Goroutines
	}
	conclusions.SortOperations(r.Operations)
	p.heap.AddLines(r)
	p.heap.AddGoroutines(r)
	r.Findings = conclusions.Findings(&r.Process, &r.Baseline)
	r.Headline = conclusions.Headline(r)
	return r
}

func newProcess(s memstat.Snapshot, limit memstat.Limit) report.Process {
	return report.Process{
		RSS: s.RSS, Heap: s.HeapObjects, Live: s.Live, GoResident: s.GoResident, External: s.External, FileBacked: s.FileBacked,
		Stacks: s.Stacks, Goroutines: s.Goroutines, Limit: limit.Bytes, LimitSource: limit.Source,
	}
}

// notices say what is missing: figures that are absent for such a reason would look like
// a healthy program.
func (p *Program) notices() (notices []string) {
	if doubt := p.outside.Doubt(); doubt != "" && p.readings > 0 {
		notices = append(notices, doubt)
	}
	if p.seen != nil && p.seen.Total().Allocated == 0 {
		notices = append(notices, "its heap profile is empty: runtime.MemProfileRate is 0 there, or it has allocated next to nothing")
	}
	if p.cycles == 1 && p.readings >= standsStillAfter {
		notices = append(notices, "its heap profile stands still: it has collected no garbage since the first reading, or allocates next to nothing; --gc has it collect before each reading")
	}
	return notices
}

// standsStillAfter is after how many readings of one state that is worth a word.
const standsStillAfter = 4

// History is the process's memory over time, the oldest point first.
func (p *Program) History() []report.MemoryPoint { return p.history.Points() }

// Answer is what a watch comes to.
type Answer int

// Answers.
const (
	CannotSay Answer = iota
	NothingLeaks
	Leaks
)

const (
	// answerAfter is how long a program must have been watched for a leak not to be
	// suspected because there is none: verdict.Rules has the same patience.
	answerAfter = time.Minute
	// answerReadings is how many readings with a collection between them that takes; a
	// program that allocates next to nothing shows as many as it likes, and is watched
	// for stillAfter instead.
	answerReadings = 4
	stillAfter     = 5 * time.Minute
)

// Answer says whether something leaks, as of the last reading, and why that cannot be
// said where it cannot.
func (p *Program) Answer() (answer Answer, why string) {
	r := p.Report()
	if suspects(r) {
		return Leaks, ""
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	switch over := p.last.Time.Sub(p.began); {
	case p.readings == 0 && p.problem != nil:
		return CannotSay, p.problem.Error()
	case p.readings == 0:
		return CannotSay, "it was not read"
	case over < answerAfter:
		return CannotSay, "it was watched for " + over.Round(time.Second).String() + ": a leak is suspected after a minute at the earliest"
	case p.cycles < answerReadings && over < stillAfter:
		return CannotSay, "it collected too little garbage meanwhile: watch it for longer, or with --gc"
	case p.problem != nil:
		return CannotSay, "it could not be read any more: " + p.problem.Error()
	}
	return NothingLeaks, ""
}

// suspects says whether a report suspects anything to leak.
func suspects(r *report.Report) bool {
	for i := range r.Operations {
		if r.Operations[i].Suspected {
			return true
		}
	}
	for i := range r.Lines {
		if r.Lines[i].Suspected {
			return true
		}
	}
	for i := range r.Goroutines {
		if r.Goroutines[i].Suspected {
			return true
		}
	}
	return !r.Process.ExternalSuspectedSince.IsZero()
}
