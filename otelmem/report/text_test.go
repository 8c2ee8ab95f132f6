package report

import (
	"regexp"
	"strings"
	"testing"
	"time"
)

// rowsOf are the lines of a text that start with a name, their columns set apart by |.
func rowsOf(text, name string) (rows []string) {
	for line := range strings.Lines(text) {
		if strings.HasPrefix(line, name) {
			rows = append(rows, regexp.MustCompile(` {2,}`).ReplaceAllString(strings.TrimSpace(line), "|"))
		}
	}
	return rows
}

func TestTheTextNamesRatesAndTracesOfSuspectsAlone(t *testing.T) {
	rises := Operation{
		Name: "rises", Category: "api", Live: 60 << 20, LiveError: 2 << 20, Allocated: 90 << 20, Calls: 7, Goroutines: 3, Verdict: Rising, By: ByTag,
		Rate: 1 << 20, Sites: []Site{{File: "keep.go", Line: 9}}, Examples: []Span{{TraceID: "t1"}, {TraceID: "t2"}, {TraceID: "t3"}, {TraceID: "t4"}},
	}
	leaks := rises
	leaks.Name, leaks.Verdict, leaks.Suspected = "leaks", Growing, true
	text := (&Report{Operations: []Operation{leaks, rises}}).String()
	for name, want := range map[string]string{
		"leaks":           "leaks|60MB|2.0MB|growing|+60.0MB/min|tag|90MB|7|3|keep.go:9",
		"rises":           "rises|60MB|2.0MB|rising|tag|90MB|7|3|keep.go:9",
		"Traces of leaks": "Traces of leaks: t1, t2, t3",
		"Traces of rises": "",
	} {
		if got := strings.Join(rowsOf(text, name), "\n"); got != want {
			t.Errorf("%s: %q, want %q", name, got, want)
		}
	}
}

func TestNamesOfCodeAreShort(t *testing.T) {
	text := (&Report{
		Operations: []Operation{
			{Name: "example.com/shop/v2/cart.(*Cart).Fill", By: ByCode, Live: 1 << 20, Sites: []Site{{File: "/root/go/pkg/mod/example.com/pool@v1.2.0/pool.go", Line: 9}}},
			{Name: "example.com/any.name", By: ByTag},
		},
		Goroutines: []Goroutines{{
			Operation: "jobs", Function: "example.com/shop/v2/cart.wait", Place: "/home/me/shop/cart/cart.go:1", Count: manyGoroutines, Starter: "example.com/shop/v2.Serve",
		}},
	}).String()
	for name, want := range map[string]string{
		"cart.":            "cart.(*Cart).Fill|1.0MB|0MB|code|0MB|0|0|example.com/pool@v1.2.0/pool.go:9",
		"example.com/any.": "example.com/any.name|0MB|0MB|tag|0MB|0|0",
		"jobs":             "jobs|100|0MB|shop.Serve|shop/cart/cart.go:1 (cart.wait)",
	} {
		if got := strings.Join(rowsOf(text, name), "\n"); got != want {
			t.Errorf("%s: %q, want %q", name, got, want)
		}
	}
}

func TestTheTextHasGoroutinesThatAreManyOrBecomeMore(t *testing.T) {
	text := (&Report{Goroutines: []Goroutines{
		{Operation: "many", Function: "main.wait", Place: "a.go:1", Count: manyGoroutines, Meaning: "it receives from a channel"},
		{Operation: "more", Function: "main.wait", Place: "a.go:1", Count: 20, GrowthPerMinute: 12, Meaning: "it receives from a channel", Starter: "main.serve"},
		{Operation: "few", Function: "main.wait", Place: "a.go:1", Count: manyGoroutines - 1},
	}}).String()
	for name, want := range map[string]string{
		"many":   "many|100|0MB|-|a.go:1 (main.wait)",
		"more":   "more|20|+12|0MB|main.serve|a.go:1 (main.wait)",
		"few":    "",
		"a.go:1": "a.go:1: it receives from a channel.",
	} {
		if got := strings.Join(rowsOf(text, name), "\n"); got != want {
			t.Errorf("%s: %q, want %q", name, got, want)
		}
	}
	if text := (&Report{Goroutines: []Goroutines{{Count: 1}}}).String(); strings.Contains(text, "GOROUTINES") {
		t.Errorf("a table of nothing:\n%s", text)
	}
}

func TestLongTablesSayHowMuchIsLeftOut(t *testing.T) {
	r := &Report{Operations: make([]Operation, rowsShown+3)}
	for i := range r.Operations {
		r.Operations[i].Name = "operation"
	}
	text := r.String()
	if n := len(rowsOf(text, "operation")); n != rowsShown || !strings.Contains(text, "(3 more)") {
		t.Errorf("%d rows, want %d and that 3 more are left out:\n%s", n, rowsShown, text)
	}
}

func TestNamesInTheTextArePrintable(t *testing.T) {
	const evil = "evil\x1b[31m\nforged"
	r := &Report{
		Operations: []Operation{{Name: evil, Suspected: true, Examples: []Span{{TraceID: "t1"}}}},
		Categories: []Category{{Name: evil}},
		Goroutines: []Goroutines{{Operation: evil, Place: evil, Count: 1000, Meaning: "it waits"}},
		Largest:    []Span{{Operation: evil, Duration: time.Second}},
		Disabled:   []DisabledPart{{Part: "dumps", Reason: evil}},
	}
	if text := r.String(); strings.Contains(text, "\x1b") || strings.Contains(text, "\nforged") {
		t.Errorf("the text is %q", text)
	}
}

func TestTheHeadlineIsReadFromTheFactToTheLimit(t *testing.T) {
	h := Headline{Fact: "It grows.", Accusation: "A leak is suspected.", Others: "Also growing: b.", Memory: "Memory grew.", Limit: "The limit is near."}
	if h.First() != "It grows. A leak is suspected." || h.Rest() != "Also growing: b. Memory grew. The limit is near." || h.String() != h.First()+" "+h.Rest() {
		t.Errorf("headline %q", h)
	}
	if h := (Headline{Fact: "Nothing grows.", Memory: "Memory is steady."}); h.String() != "Nothing grows. Memory is steady." {
		t.Errorf("headline %q", h)
	}
}
