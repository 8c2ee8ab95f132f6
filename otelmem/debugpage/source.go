package debugpage

import (
	"context"
	"errors"
	"net/http"
	"os"

	"github.com/otelmem/otelmem-go/dump"
	"github.com/otelmem/otelmem-go/otelmem"
	"github.com/otelmem/otelmem-go/otelmem/report"
)

// Source is where pages get what they show: diagnostics in this process ([SourceOf]),
// or what was learned of another program. Report is required. A page without its
// function is left out, and so is the button of an action without one. Functions are
// called by several goroutines at once, and must not block for long.
type Source struct {
	// Program is the name of what is shown; empty for the service's, as the report has it,
	// else for the name of this program.
	Program string
	// Report says what is known now. What it returned is not changed any more.
	Report func(context.Context) (*report.Report, error)
	// History is the memory of the process over time, the oldest point first; nil for
	// no chart of it.
	History func() []report.MemoryPoint
	// Spans are the spans with the largest growth, n at most.
	Spans func(n int) []report.Span
	// Thresholds are where heap profiles are written, from low to high.
	Thresholds func() []dump.Threshold
	// Dumps are the heap profiles on disk, the oldest first. They must be readable at
	// their paths from this process.
	Dumps func() ([]dump.Entry, error)
	// Wrote says whether the process that the report is of wrote a heap profile; nil
	// for all of them.
	Wrote func(*dump.Entry, *report.Report) bool
	// Done returns a channel that is closed when nothing new will come.
	Done func() <-chan struct{}

	// Unavailable is why there is no report, as an error that says what to do about
	// it, and nil where there is one. Where it is [otelmem.ErrStandby], pages offer
	// Enable. A Source without it is always available.
	Unavailable func() error
	// Dump writes a heap profile now; the reason is a person's.
	Dump func(ctx context.Context, reason string) (dump.File, error)
	// Enable turns on what is in standby.
	Enable func(context.Context) error
}

// SourceOf is the source that [Handler] shows: the diagnostics of this process. mem can be
// nil.
func SourceOf(mem *otelmem.Diagnostics) Source {
	if mem == nil {
		mem = &otelmem.Diagnostics{}
	}
	return Source{
		Report:      mem.Report,
		History:     mem.History,
		Spans:       mem.Spans,
		Thresholds:  mem.Thresholds,
		Dumps:       mem.Dumps,
		Wrote:       wroteHere,
		Done:        mem.Done,
		Unavailable: mem.Reason,
		Dump:        mem.Dump,
		Enable:      mem.Enable,
	}
}

// HandlerFrom serves the pages of a source, as [Handler] serves those of diagnostics.
func HandlerFrom(source Source, opts ...Option) http.Handler {
	if source.Report == nil {
		source.Unavailable = func() error { return errNoReport }
	}
	h := &handler{source: source, config: newConfig(opts), reading: newTurns()}
	h.latest.source = &h.source
	h.dumpRate.interval = h.dumpInterval
	return h
}

var errNoReport = errors.New("nothing can be shown: debugpage.Source has no Report, want a function that returns one")

// unavailable is why there is nothing to show; nil where there is.
func (s *Source) unavailable() error {
	if s.Unavailable == nil {
		return nil
	}
	return s.Unavailable()
}

// done is closed when nothing new will come; nil for never.
func (s *Source) done() <-chan struct{} {
	if s.Done == nil {
		return nil
	}
	return s.Done()
}

// history, thresholds and dumps are empty where the source has none.
func (s *Source) history() []report.MemoryPoint {
	if s.History == nil {
		return nil
	}
	return s.History()
}

func (s *Source) thresholds() []dump.Threshold {
	if s.Thresholds == nil {
		return nil
	}
	return s.Thresholds()
}

func (s *Source) dumps() ([]dump.Entry, error) {
	if s.Dumps == nil {
		return nil, nil
	}
	return s.Dumps()
}

// standby says whether diagnostics wait to be turned on from the page.
func (s *Source) standby() bool {
	return s.Enable != nil && errors.Is(s.unavailable(), otelmem.ErrStandby)
}

// has says whether there is something to show on a page.
func (s *Source) has(page string) bool {
	switch page {
	case pageSpans:
		return s.Spans != nil
	case pageDumps, pageDump, pageCompare, pageFlame:
		return s.Dumps != nil
	default:
		return true
	}
}

// wrote says whether the process of the report wrote a dump.
func (s *Source) wrote(e *dump.Entry, r *report.Report) bool {
	return s.Wrote == nil || s.Wrote(e, r)
}

// wroteHere says whether this process wrote a dump since it began to be watched. In
// containers that share a folder all processes have the same number.
func wroteHere(e *dump.Entry, r *report.Report) bool {
	return e.Metadata.Process == os.Getpid() && e.Metadata.Host == host() && !e.Metadata.Time.Before(r.Began)
}
