package drive

import (
	"cmp"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/otelmem/otelmem-go/examples/zoo/service"
)

// Table writes a line for each run as it comes, and sums up at the end.
type Table struct {
	w    io.Writer
	runs []row
}

type row struct {
	leaks   bool
	variant Variant
	outcome Outcome
}

const columns = "%-24s  %-7s  %-9s  %5s  %10s  %10s  %-8s  %s\n"

// NewTable writes the head of a table.
func NewTable(w io.Writer) *Table {
	fmt.Fprintf(w, columns, "CASE", "VARIANT", "KIND", "FACT", "ACCUSATION", "TAKEN BACK", "INNOCENT", "VERDICT")
	return &Table{w: w}
}

// Add writes a run's line.
func (t *Table) Add(run *Run) {
	o := run.Judge()
	t.runs = append(t.runs, row{run.Case.Leaks(), run.Options.Variant, o})
	innocent := "-"
	if len(o.Accused) > 0 {
		innocent = "accused"
	}
	taken := "-"
	if o.TakenBack > 0 {
		taken = fmt.Sprintf("%d times", o.TakenBack)
	}
	verdict := o.Verdict(run.Case.Leaks())
	fmt.Fprintf(t.w, columns, run.Case.Name, run.Options.Variant, run.Case.Kind, seconds(o.Fact), seconds(o.Accusation), taken, innocent, verdict)
	if verdict != "ok" {
		for _, accused := range o.Accused {
			fmt.Fprintf(t.w, "    accused: %s\n", accused)
		}
		fmt.Fprintf(t.w, "    said at the end: %s\n", o.Last)
	}
}

// AddError writes the line of a run that came to nothing.
func (t *Table) AddError(c *service.Case, o Options, err error) {
	fmt.Fprintf(t.w, columns, c.Name, o.Variant, c.Kind, "-", "-", "-", "-", "DID NOT RUN: "+err.Error())
}

// Summary writes how many runs of each variant were right.
func (t *Table) Summary() {
	for _, variant := range []Variant{Wrapped, Bare, Outside} {
		t.summarize(variant)
	}
}

func (t *Table) summarize(variant Variant) {
	var leaks, right, accused, takenBack, innocents, falsely int
	var facts, accusations []float64
	for i := range t.runs {
		r := &t.runs[i]
		if r.variant != variant {
			continue
		}
		if len(r.outcome.Accused) > 0 {
			falsely++
		}
		if !r.leaks {
			innocents++
			continue
		}
		leaks++
		if r.outcome.RightAtEnd {
			right++
		}
		if r.outcome.Fact >= 0 {
			facts = append(facts, r.outcome.Fact)
		}
		if r.outcome.Accusation >= 0 {
			accused++
			accusations = append(accusations, r.outcome.Accusation)
		}
		if r.outcome.TakenBack > 0 {
			takenBack++
		}
	}
	if leaks+innocents == 0 {
		return
	}
	fmt.Fprintf(t.w, "\n%s\n", strings.ToUpper(string(variant)))
	fmt.Fprintf(t.w, "  first sentence right once: %d of %d leaks, median after %s; at the end: %d\n", len(facts), leaks, seconds(median(facts)), right)
	fmt.Fprintf(t.w, "  accused: %d of %d leaks, median after %s; taken back in %d\n", accused, leaks, seconds(median(accusations)), takenBack)
	fmt.Fprintf(t.w, "  an innocent accused: in %d of %d runs\n", falsely, leaks+innocents)
}

// median is Never where there is nothing.
func median(of []float64) float64 {
	if len(of) == 0 {
		return Never
	}
	slices.SortFunc(of, cmp.Compare)
	return of[len(of)/2]
}
