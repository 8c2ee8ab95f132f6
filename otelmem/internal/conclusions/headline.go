package conclusions

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/otelmem/otelmem-go/internal/textfmt"
	"github.com/otelmem/otelmem-go/otelmem/report"
)

const (
	// steadyBelow is the growth of the process below which memory is steady, in
	// bytes.
	steadyBelow = 4 * textfmt.MiB
	// othersNamed is how many other subjects, or operations of a line, a headline names.
	othersNamed = 2
)

// Headline says what a person should look at first: what explains most of the growth
// that goes on now. Only the judgement of a series accuses; a fact is stated at once.
func Headline(r *report.Report) report.Headline {
	h := report.Headline{Mood: report.MoodSteady, Memory: memory(r)}
	if growth(r) >= steadyBelow {
		h.Mood = report.MoodGrew
	}
	switch growing := subjects(r); {
	case len(growing) > 0:
		first := growing[0]
		h.Mood, h.Subject, h.Fact = report.MoodGrew, textfmt.Printable(first.name), first.fact+"."
		if !first.suspectedSince.IsZero() {
			h.Mood = report.MoodLeak
			h.Accusation = fmt.Sprintf("A leak is suspected from %s on.", first.suspectedSince.Format(time.TimeOnly))
		}
		h.Others = others(growing[1:])
	default:
		h.Fact = quiet(r)
	}
	if left := r.Process.TimeToLimit; left > 0 {
		h.Limit = fmt.Sprintf("At this rate the limit of %s (%s) is reached in %v.", textfmt.Size(r.Process.Limit), r.Process.LimitSource, left.Round(time.Second))
	}
	h.Fact, h.Others = textfmt.Printable(h.Fact), textfmt.Printable(h.Others)
	return h
}

// others names what else grows.
func others(growing []subject) string {
	if len(growing) == 0 {
		return ""
	}
	var named []string
	for _, s := range growing {
		text := cmp.Or(s.short, s.name) + " " + s.grew
		if !s.suspectedSince.IsZero() {
			text += " (a leak is suspected)"
		}
		named = append(named, text)
	}
	return "Also growing: " + some(named) + "."
}

// some names the first of them, and says how many more there are.
func some(names []string) string {
	named := names[:min(len(names), othersNamed)]
	text := strings.Join(named, ", ")
	if more := len(names) - len(named); more > 0 {
		text += fmt.Sprintf(" and %d more", more)
	}
	return text
}

// quiet is the fact where nothing rises: what stopped, or what is held after the
// first reading, or that nothing grows.
func quiet(r *report.Report) string {
	stopped := slices.IndexFunc(r.Operations, func(o report.Operation) bool { return !o.Ended.IsZero() && o.Verdict == report.Plateau })
	if stopped >= 0 {
		o := &r.Operations[stopped]
		return fmt.Sprintf("%s %s.", o.ShortName(), o.Evidence)
	}
	if o := stoodStill(r); o != nil {
		return fmt.Sprintf("%s rose by %s until %s and has not grown since: it holds %s%s.",
			o.ShortName(), textfmt.Size(o.Rise.Bytes), o.Rise.Until.Format(time.TimeOnly), textfmt.Size(o.Live), allocatedAt(o))
	}
	if o := firstHolder(r); o != nil {
		return fmt.Sprintf("%s holds %s of the %s that it has allocated%s; whether that grows, the next readings tell.",
			o.ShortName(), textfmt.Size(o.Live), textfmt.Size(max(o.Live, o.Allocated)), allocatedAt(o))
	}
	return "Nothing grows that the heap profile shows."
}

// stoodStill is the operation whose live bytes rose most and rise no more, while it
// holds most of that; nil where none rose by much.
func stoodStill(r *report.Report) *report.Operation {
	var most *report.Operation
	for i := range r.Operations {
		o := &r.Operations[i]
		if o.Rise == nil || o.Rise.Bytes < steadyBelow || o.Live < o.Rise.Bytes/2 || o.Name == report.NoApplication {
			continue
		}
		if most == nil || o.Rise.Bytes > most.Rise.Bytes {
			most = o
		}
	}
	return most
}

// firstHolder is the operation that holds most while too few readings have been made
// to say what grows; nil later.
func firstHolder(r *report.Report) *report.Operation {
	for i := range r.Operations {
		o := &r.Operations[i]
		if len(o.History) > 2 {
			return nil
		}
		if o.Live >= steadyBelow && o.Name != report.NoApplication {
			return o
		}
	}
	return nil
}

// growth is the largest growth of the process since its start, in bytes.
func growth(r *report.Report) int64 {
	now, start := &r.Process, &r.Baseline
	return max(now.RSS-start.RSS, now.Live-start.Live, now.External-start.External)
}

// memory is about the process.
func memory(r *report.Report) string {
	now, start := &r.Process, &r.Baseline
	over := span(r.Time.Sub(r.Began))
	var rss string
	switch grew := now.RSS - start.RSS; {
	case now.RSS == 0:
		return fmt.Sprintf("Memory in %s: live heap %s; the resident set is not known here.", over, textfmt.SignedSize(now.Live-start.Live))
	case growth(r) < steadyBelow:
		return fmt.Sprintf("Memory is steady: RSS %s in %s.", textfmt.SignedSize(grew), over)
	case grew >= 0:
		rss = "grew by " + textfmt.Size(grew)
	default:
		rss = "shrank by " + textfmt.Size(-grew)
	}
	text := fmt.Sprintf("Memory %s in %s: live heap %s, outside Go %s", rss, over,
		textfmt.SignedSize(now.Live-start.Live), textfmt.SignedSize(now.External-start.External))
	if shared := now.FileBacked - start.FileBacked; max(shared, -shared) >= patternGrowth { // less is the program itself
		text += ", mapped files and shared memory " + textfmt.SignedSize(shared)
	}
	return text + "."
}

// allocatedAt names the line that allocated most of what an operation holds.
func allocatedAt(o *report.Operation) string {
	if len(o.Sites) == 0 {
		return ""
	}
	s := &o.Sites[0]
	text := fmt.Sprintf(", from %s (%s)", s.Place(), textfmt.ShortFunction(s.Function))
	if s.Via != "" {
		text += " through " + s.Via
	}
	return text
}

// span is a time as a sentence has it.
func span(d time.Duration) string {
	if d > 10*time.Minute {
		return strings.TrimSuffix(d.Round(time.Minute).String(), "0s")
	}
	return d.Round(time.Second).String()
}
