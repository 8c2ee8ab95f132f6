package conclusions

import (
	"fmt"
	"slices"
	"time"

	"github.com/otelmem/otelmem-go/internal/textfmt"
	"github.com/otelmem/otelmem-go/otelmem/report"
)

// steadyBelow is the growth of the process below which no operation is named, in
// bytes.
const steadyBelow = 4 * textfmt.MiB

// Headline says what a person should look at first. Only the heap profile and its
// trend accuse an operation; where they cannot yet, it says what is known.
func Headline(r *report.Report) report.Headline {
	h := report.Headline{Memory: textfmt.Printable(memory(r)), Mood: report.MoodSteady}
	if growth(r) >= steadyBelow {
		h.Mood = report.MoodGrew
	}
	if i := slices.IndexFunc(r.Operations, func(o report.Operation) bool { return o.Suspected }); i >= 0 {
		h.Mood, h.Suspect = report.MoodLeak, r.Operations[i].Name
		h.Accusation = textfmt.Printable(accusation(&r.Operations[i]))
	}
	if left := r.Process.TimeToLimit; left > 0 {
		h.Limit = fmt.Sprintf("At this rate the limit of %s is reached in %v.", textfmt.Size(r.Process.Limit), left.Round(time.Second))
	}
	return h
}

func accusation(o *report.Operation) string {
	return fmt.Sprintf("%s leaks: it holds %s ± %s and grows by %s%s.", o.Name, textfmt.Size(o.Live), textfmt.Size(o.LiveError),
		textfmt.PerMinute(o.Rate), allocatedAt(o))
}

// growth is the largest growth of the process since its start, in bytes.
func growth(r *report.Report) int64 {
	now, start := &r.Process, &r.Baseline
	return max(now.RSS-start.RSS, now.Live-start.Live, now.External-start.External)
}

// memory is about the process, and what holds most of it.
func memory(r *report.Report) string {
	now, start := &r.Process, &r.Baseline
	over := r.Time.Sub(r.Began).Round(time.Second)
	if growth(r) < steadyBelow {
		return fmt.Sprintf("Memory is steady: RSS %s in %v.", textfmt.SignedSize(now.RSS-start.RSS), over)
	}
	text := fmt.Sprintf("Memory grew by %s in %v: live heap %s, outside Go %s", textfmt.Size(now.RSS-start.RSS), over,
		textfmt.SignedSize(now.Live-start.Live), textfmt.SignedSize(now.External-start.External))
	if len(r.Operations) > 0 {
		if o := &r.Operations[0]; !o.Suspected && o.Live >= steadyBelow {
			text += fmt.Sprintf("; most is held by %s: %s%s; whether that goes on is not known yet", o.Name, textfmt.Size(o.Live), allocatedAt(o))
		}
	}
	return text + "."
}

// allocatedAt names the line that allocated most of what an operation holds.
func allocatedAt(o *report.Operation) string {
	if len(o.Sites) == 0 {
		return ""
	}
	s := &o.Sites[0]
	return fmt.Sprintf(", allocated at %s:%d (%s)", s.File, s.Line, s.Function)
}
