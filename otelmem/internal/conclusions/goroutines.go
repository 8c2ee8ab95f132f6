package conclusions

import (
	"cmp"
	"fmt"
	"strings"
	"time"

	"github.com/otelmem/otelmem-go/internal/textfmt"
	"github.com/otelmem/otelmem-go/otelmem/report"
)

// goroutineBytes is the least that a goroutine holds: the stack that it starts with,
// and what the runtime keeps of it. Bytes.
const goroutineBytes = 8 << 10

// rising are the groups of goroutines that become more.
func rising(all []report.Goroutines) (groups []*report.Goroutines) {
	for i := range all {
		if all[i].GrowthPerMinute > 0 {
			groups = append(groups, &all[i])
		}
	}
	return groups
}

// belongs says whether what an operation holds is the goroutines' too: they bear its
// name; or it is the code that they run, which no tag covers; or most of it was allocated
// by the library's function that starts them.
func belongs(g *report.Goroutines, o *report.Operation) bool {
	switch {
	case o.By == report.ByCode && (g.Starter == o.Name || g.Function == o.Name):
		return true
	case g.Operation != "":
		return g.Operation == o.Name
	default:
		return g.Starter != "" && len(o.Sites) > 0 && strings.HasSuffix(o.Sites[0].Via, "("+textfmt.ShortFunction(g.Starter)+")")
	}
}

// withGoroutines is the subject of an operation and of goroutines that belong to it: one
// growth. Where an operation started them and what they run has no tag, it is theirs.
func (s subject) withGoroutines(g *report.Goroutines) subject {
	if g.Operation != "" && g.Operation != s.name {
		s.fact = g.Operation + ": " + goroutineFact(g) + "; " + s.fact
		s.name, s.short = g.Operation, ""
	} else {
		s.fact += "; " + goroutineFact(g)
	}
	if g.Suspected && s.suspectedSince.IsZero() {
		s.suspectedSince = g.Since
	}
	return s
}

// goroutineFact says how many there are, where they are blocked, and what it means.
func goroutineFact(g *report.Goroutines) string {
	fact := fmt.Sprintf("%d goroutines", g.Count)
	if g.Starter != "" {
		fact += " started by " + textfmt.ShortFunction(g.Starter)
	}
	fact += fmt.Sprintf(", %+.0f/min, are blocked at %s (%s)", g.GrowthPerMinute, textfmt.ShortPlace(g.Place), textfmt.ShortFunction(g.Function))
	if g.Meaning != "" {
		fact += ": " + g.Meaning
	}
	return fact
}

// goroutines is about goroutines of an operation whose live bytes do not rise by
// themselves.
func goroutines(g *report.Goroutines, now time.Time) subject {
	s := subject{
		name: cmp.Or(g.Operation, g.Starter, g.Function),
		fact: goroutineFact(g),
		grew: fmt.Sprintf("%+.0f goroutines/min", g.GrowthPerMinute),
	}
	if g.Operation != "" {
		s.fact = g.Operation + ": " + s.fact
	} else {
		s.short = textfmt.ShortFunction(s.name)
	}
	if g.Suspected {
		s.suspectedSince = g.Since
	}
	perGoroutine := float64(max(goroutineBytes, g.StackBytes/int64(max(1, g.Count))))
	s.weight = g.GrowthPerMinute * minutes(g.Since, now) * perGoroutine
	return s
}

// minutes is for how long something has grown, a quarter of a minute at least.
func minutes(since, now time.Time) float64 {
	const least = 0.25
	if since.IsZero() {
		return least
	}
	return max(least, now.Sub(since).Minutes())
}
