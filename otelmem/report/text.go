package report

import (
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/otelmem/otelmem-go/dump"
	"github.com/otelmem/otelmem-go/internal/textfmt"
)

// rowsShown is how many rows a table of the text report has at most.
const rowsShown = 15

// tracesShown is how many example traces of a suspect it names.
const tracesShown = 3

// String is the report as text.
func (r *Report) String() string {
	var b strings.Builder
	_, _ = r.WriteTo(&b)
	return b.String()
}

// WriteTo writes the report as text. Names in it are made printable.
func (r *Report) WriteTo(w io.Writer) (int64, error) {
	var b strings.Builder
	fmt.Fprintf(&b, "%s\n\n", r.Headline)
	r.writeProcess(&b)
	for _, f := range r.Findings {
		fmt.Fprintf(&b, "\n%s: %s.\n  Next: %s.\n", strings.ToUpper(f.Pattern[:1])+f.Pattern[1:], f.Evidence, f.Next)
	}
	r.writeCategories(&b)
	r.writeOperations(&b)
	r.writeLines(&b)
	r.writeGoroutines(&b)
	r.writeLargest(&b)
	r.writeDumps(&b)
	for _, notice := range r.Notices {
		fmt.Fprintf(&b, "\nNote: %s.\n", textfmt.Printable(notice))
	}
	for _, part := range r.Disabled {
		fmt.Fprintf(&b, "\nOff: %s, since %s\n", part.Part, textfmt.Printable(part.Reason))
	}
	n, err := io.WriteString(w, b.String())
	return int64(n), err
}

func (r *Report) writeProcess(b *strings.Builder) {
	t := newTable(b, "PROCESS", "now", "since start")
	row := func(name string, now, before int64) {
		t.row(name, textfmt.Size(now), textfmt.SignedSize(now-before))
	}
	row("RSS", r.Process.RSS, r.Baseline.RSS)
	row("heap objects", r.Process.Heap, r.Baseline.Heap)
	row("heap live after GC", r.Process.Live, r.Baseline.Live)
	row("external (cgo, mmap)", r.Process.External, r.Baseline.External)
	row("mapped files, shared memory", r.Process.FileBacked, r.Baseline.FileBacked)
	row("stacks", r.Process.Stacks, r.Baseline.Stacks)
	t.row("goroutines", fmt.Sprint(r.Process.Goroutines), fmt.Sprintf("%+d", r.Process.Goroutines-r.Baseline.Goroutines))
	if r.Process.Limit > 0 {
		t.row("limit ("+r.Process.LimitSource+")", textfmt.Size(r.Process.Limit), "")
		if r.Process.LimitUsed > 0 {
			t.row("used of it", textfmt.Size(r.Process.LimitUsed), "")
		}
	}
	t.flush()
}

func (r *Report) writeCategories(b *strings.Builder) {
	if len(r.Categories) == 0 {
		return
	}
	b.WriteByte('\n')
	t := newTable(b, "CATEGORY", "live", "allocated", "calls", "growth while it ran: RSS", "heap", "external")
	for _, c := range r.Categories[:min(len(r.Categories), rowsShown)] {
		t.row(c.Name, textfmt.Size(c.Live), textfmt.Size(c.Allocated), fmt.Sprint(c.Growth.Calls),
			textfmt.SignedSize(c.Growth.RSS), textfmt.SignedSize(c.Growth.Heap), textfmt.SignedSize(c.Growth.External))
	}
	t.more(len(r.Categories))
	t.flush()
	fmt.Fprintf(b, "\nLive and allocated are estimates from the heap profile: what the operation's own code allocated. Growth while it\nran is the whole process's: operations that overlap count the same growth, and garbage counts until it is swept.\n")
}

func (r *Report) writeOperations(b *strings.Builder) {
	if len(r.Operations) == 0 {
		return
	}
	b.WriteByte('\n')
	t := newTable(b, "OPERATION", "live", "±", "verdict", "rate", "by", "allocated", "calls", "goroutines", "most live bytes from")
	for i := range r.Operations[:min(len(r.Operations), rowsShown)] {
		o := &r.Operations[i]
		rate, site := "", ""
		if o.Suspected {
			rate = textfmt.PerMinute(o.Rate)
		}
		if len(o.Sites) > 0 {
			site = o.Sites[0].Place()
		}
		t.row(o.ShortName(), textfmt.Size(o.Live), textfmt.Size(o.LiveError), string(o.Verdict), rate, string(o.By),
			textfmt.Size(o.Allocated), fmt.Sprint(o.Calls), fmt.Sprint(o.Goroutines), site)
	}
	t.more(len(r.Operations))
	t.flush()
	for i := range r.Operations {
		if o := &r.Operations[i]; o.Suspected && len(o.Examples) > 0 {
			ids := make([]string, min(len(o.Examples), tracesShown))
			for j := range ids {
				ids[j] = o.Examples[j].TraceID
			}
			fmt.Fprintf(b, "Traces of %s: %s\n", textfmt.Printable(o.Name), strings.Join(ids, ", "))
		}
	}
}

func (r *Report) writeLargest(b *strings.Builder) {
	if len(r.Largest) == 0 {
		return
	}
	b.WriteByte('\n')
	t := newTable(b, "LARGEST RECENT SPANS", "RSS", "heap", "external", "in flight", "took", "trace")
	for _, s := range r.Largest {
		t.row(s.Operation, textfmt.SignedSize(s.RSS), textfmt.SignedSize(s.Heap), textfmt.SignedSize(s.External),
			fmt.Sprintf("%.1f", s.Concurrency), s.Duration.Round(10*time.Microsecond).String(), s.TraceID)
	}
	t.flush()
}

func (r *Report) writeDumps(b *strings.Builder) {
	if len(r.Dumps) == 0 {
		return
	}
	fmt.Fprintf(b, "\nHEAP PROFILES\n")
	run := ""
	for _, file := range r.Dumps {
		if file.Run != run {
			run = file.Run
			fmt.Fprintf(b, "%s:\n", textfmt.Printable(run))
		}
		fmt.Fprintf(b, "  %s (%s)\n", file.Path, textfmt.Size(file.Size))
	}
	last := r.Dumps[len(r.Dumps)-1].Path
	fmt.Fprintf(b, "Open the last:  go tool pprof -http=: %s\n", last)
	if i := dump.FirstOfRun(r.Dumps); i >= 0 {
		fmt.Fprintf(b, "What grew:      go tool pprof -http=: -diff_base %s %s\n", r.Dumps[i].Path, last)
	}
}
