package otelmem

import (
	"fmt"
	"time"

	"github.com/otelmem/otelmem-go/internal/textfmt"
)

// grewNothing is the growth of the process below which no one is named, in
// bytes.
const grewNothing = 4 * textfmt.MiB

// sentence says in one sentence what a person should look at. Only the heap
// profile and its trend accuse; where they cannot yet, it says what is known.
func sentence(r *Report) string {
	text := growthSentence(r)
	for i := range r.Operations {
		if o := &r.Operations[i]; o.Suspected {
			text = fmt.Sprintf("%s leaks: it holds %s ± %s and grows by %s%s. %s", o.Name, textfmt.Size(o.Live),
				textfmt.Size(o.LiveError), textfmt.PerMinute(o.Rate), allocatedAt(o), text)
			break
		}
	}
	if left := r.Process.TimeToLimit; left > 0 {
		text += fmt.Sprintf(" At this rate the limit of %s is reached in %v.", textfmt.Size(r.Process.Limit), left.Round(time.Second))
	}
	return textfmt.Printable(text)
}

// growthSentence is about the process, and what holds most of it.
func growthSentence(r *Report) string {
	grew := r.Process.RSS - r.Baseline.RSS
	live, external := r.Process.Live-r.Baseline.Live, r.Process.External-r.Baseline.External
	over := r.Time.Sub(r.Began).Round(time.Second)
	if max(grew, live, external) < grewNothing {
		return fmt.Sprintf("Memory is steady: RSS %s in %v.", textfmt.SignedSize(grew), over)
	}
	text := fmt.Sprintf("Memory grew by %s in %v: live heap %s, outside Go %s", textfmt.Size(grew), over, textfmt.SignedSize(live), textfmt.SignedSize(external))
	if len(r.Operations) > 0 {
		if o := &r.Operations[0]; !o.Suspected && o.Live >= grewNothing {
			text += fmt.Sprintf("; most is held by %s: %s%s; whether that goes on is not known yet", o.Name, textfmt.Size(o.Live), allocatedAt(o))
		}
	}
	return text + "."
}

// allocatedAt names the line that allocated most of what an operation holds.
func allocatedAt(o *OperationReport) string {
	if len(o.Sites) == 0 {
		return ""
	}
	s := o.Sites[0]
	return ", allocated at " + lineText(s.Function, s.File, s.Line)
}
