package main

import (
	"fmt"
	"strings"
	"text/tabwriter"

	"github.com/otelmem/otelmem-go/internal/textfmt"
	"github.com/otelmem/otelmem-go/otelmem/report"
)

const (
	// rows is how many operations the answer has: they, the sentences and the rest fit
	// on a screen of 24 lines.
	rows = 5
	// courseLength is how many seconds the course of memory goes back.
	courseLength = 60
)

// course is the resident set of late, in bytes, a second apart.
type course []int64

func (c *course) add(rss int64) {
	*c = append(*c, rss)
	if len(*c) > courseLength {
		*c = (*c)[1:]
	}
}

// String draws it from 0 to the most.
func (c course) String() string {
	const levels = "▁▂▃▄▅▆▇█"
	most := int64(1)
	for _, rss := range c {
		most = max(most, rss)
	}
	var line strings.Builder
	for _, rss := range c {
		line.WriteRune([]rune(levels)[7*rss/most])
	}
	return line.String()
}

// answer is a report in some lines.
type answer struct {
	*report.Report
	course course
}

// about is what the first sentence is about, and whether it accuses.
func (a *answer) about() string { return a.Headline.Subject + "\n" + a.Headline.Accusation }

func (a *answer) lines() []string {
	lines := []string{a.Headline.First()}
	if rest := a.Headline.Rest(); rest != "" {
		lines = append(lines, rest)
	}
	lines = append(lines, "")
	var text strings.Builder
	w := tabwriter.NewWriter(&text, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "OPERATION\tlive\t±\tverdict\tallocated\tmost live bytes from")
	for i := range a.Operations[:min(rows, len(a.Operations))] {
		o := &a.Operations[i]
		from := ""
		if len(o.Sites) > 0 {
			from = o.Sites[0].Place()
		}
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\t%s\n", textfmt.Printable(o.ShortName()), textfmt.Size(o.Live), textfmt.Size(o.LiveError), o.Verdict, textfmt.Size(o.Allocated), from)
	}
	_ = w.Flush()
	lines = append(lines, strings.Split(strings.TrimRight(text.String(), "\n"), "\n")...)
	if len(a.course) > 0 {
		lines = append(lines, "", fmt.Sprintf("Memory  %s  %s", a.course, textfmt.Size(a.Process.RSS)))
	}
	if n := len(a.Dumps); n > 0 {
		lines = append(lines, "", fmt.Sprintf("Heap profiles: %d, the last: go tool pprof -http=: %s", n, a.Dumps[n-1].Path))
	}
	return lines
}
