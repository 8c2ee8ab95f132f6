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

// goroutineBytes is about what a goroutine that does not end holds at least: its stack,
// and what that refers to, as the buffers of a connection. Bytes.
const goroutineBytes = 16 << 10

// crowd is goroutines that become more and are told of together, in groups, at least
// one: of an operation; or else those that a library's package starts, as the two ends of
// a connection. The first is told in full.
type crowd []*report.Goroutines

// crowds are those of a report, in the order of its groups.
func crowds(all []report.Goroutines) (found []crowd) {
	index := make(map[string]int)
	for i := range all {
		g := &all[i]
		if g.GrowthPerMinute <= 0 {
			continue
		}
		of := g.Operation
		if of == "" && g.Starter == "" {
			of = "package " + shortPackage(g.Function)
		}
		at, ok := index[of]
		switch {
		case !ok || of == "":
			index[of] = len(found)
			found = append(found, crowd{g})
		case found[at][0].Meaning == "" && g.Meaning != "" && g.GrowthPerMinute >= found[at][0].GrowthPerMinute/2:
			found[at] = append(crowd{g}, found[at]...)
		default:
			found[at] = append(found[at], g)
		}
	}
	return found
}

// holds says whether what an operation holds is the goroutines' too: they bear its name;
// or it is the code that they run, which no tag covers; or it was allocated in the
// library's package that starts them.
func (c crowd) holds(o *report.Operation) bool {
	return slices.ContainsFunc(c, func(g *report.Goroutines) bool {
		switch {
		case o.By == report.ByCode && (g.Starter == o.Name || g.Function == o.Name):
			return true
		case g.Operation != "":
			return g.Operation == o.Name
		default:
			return g.Starter != "" && slices.ContainsFunc(o.Sites, func(s report.Site) bool {
				return strings.Contains(s.Via, "("+shortPackage(g.Starter)+".")
			})
		}
	})
}

// shortPackage is the name of a function's package: metric of
// go.opentelemetry.io/otel/sdk/metric.NewPeriodicReader.
func shortPackage(function string) string {
	name, _, _ := strings.Cut(textfmt.ShortFunction(function), ".")
	return name
}

// with is the subject of an operation and of goroutines that belong to it: one growth.
// Where an operation started them and what they run has no tag, it is theirs.
func (s subject) with(c crowd, now time.Time) subject {
	if of := c[0].Operation; of != "" && of != s.name {
		s.fact = of + ": " + c.fact() + "; " + s.fact
		s.name, s.short = of, ""
	} else {
		s.fact += "; " + c.fact()
	}
	if s.suspectedSince.IsZero() {
		s.suspectedSince = c.suspectedSince()
	}
	s.weight += c.weight(now)
	return s
}

// suspectedSince is zero unless one of the groups is.
func (c crowd) suspectedSince() time.Time {
	for _, g := range c {
		if g.Suspected {
			return g.Since
		}
	}
	return time.Time{}
}

// weight is about how many bytes they came to hold.
func (c crowd) weight(now time.Time) (bytes float64) {
	for _, g := range c {
		perGoroutine := float64(max(goroutineBytes, g.StackBytes/int64(max(1, g.Count))))
		bytes += g.GrowthPerMinute * minutes(g.Since, now) * perGoroutine
	}
	return bytes
}

// fact is about the first group, and how many the others are.
func (c crowd) fact() string {
	fact := goroutineFact(c[0])
	more, rate := 0, 0.0
	for _, g := range c[1:] {
		more += g.Count
		rate += g.GrowthPerMinute
	}
	if more > 0 {
		fact += fmt.Sprintf("; and %d more elsewhere, %+.0f/min", more, rate)
	}
	return fact
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
// themselves. What it holds shows a line of it.
func goroutines(c crowd, r *report.Report) subject {
	g := c[0]
	s := subject{
		name:           cmp.Or(g.Operation, g.Starter, g.Function),
		fact:           c.fact(),
		grew:           fmt.Sprintf("%+.0f goroutines/min", g.GrowthPerMinute),
		suspectedSince: c.suspectedSince(),
		weight:         c.weight(r.Time),
	}
	if g.Operation == "" {
		s.short = textfmt.ShortFunction(s.name)
		return s
	}
	s.fact = g.Operation + ": " + s.fact
	i := slices.IndexFunc(r.Operations, func(o report.Operation) bool { return o.Name == g.Operation })
	if i >= 0 && r.Operations[i].Live > 0 && len(r.Operations[i].Sites) > 0 {
		s.fact += fmt.Sprintf("; it holds %s%s", textfmt.Size(r.Operations[i].Live), allocatedAt(&r.Operations[i]))
	}
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
