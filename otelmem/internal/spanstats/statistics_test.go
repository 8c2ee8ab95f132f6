package spanstats

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"go.opentelemetry.io/otel/trace"

	"github.com/otelmem/otelmem-go/otelmem/report"
)

func TestExamplesOfAnOperationSurviveItsBusyCategory(t *testing.T) {
	var st Statistics
	add := func(operation string, id byte, heap int64) {
		st.add(&Span{
			Span:    report.Span{Operation: operation, Category: "db", Heap: heap, End: time.Now()},
			Context: trace.NewSpanContext(trace.SpanContextConfig{TraceID: trace.TraceID{1}, SpanID: trace.SpanID{id}}),
		})
	}
	add("rare", 1, 10)
	add("rare", 2, 30)
	add("rare", 3, 30)
	if got := st.OfOperation("rare", 8); len(got) != 3 || got[0].Heap != 30 || got[2].Heap != 10 {
		t.Errorf("examples %+v, want all three, the largest first", got)
	}
	if got := st.OfOperation("rare", 1); len(got) != 1 {
		t.Errorf("%d examples, want 1", len(got))
	}
	for i := range 10 * recentPerCategory {
		add(fmt.Sprint("busy ", i%10), 4, 100)
	}
	if got := st.OfOperation("rare", 8); len(got) != 1 || got[0].Heap != 30 {
		t.Errorf("examples %+v, want the worst", got)
	}
	if got := st.OfOperation("unknown", 8); len(got) != 0 {
		t.Errorf("examples %+v of an operation without spans", got)
	}
}

func TestTotalsAddWhatGrewAndCountWhatShrankAsNothing(t *testing.T) {
	var st Statistics
	add := func(rss, heap, external, share int64) {
		st.add(&Span{Span: report.Span{Operation: "GET /", Category: "web", RSS: rss, Heap: heap, External: external, Share: share}})
	}
	add(-1, -10, -100, -1000)
	add(2, 20, 200, 2000)
	add(3, 30, 300, 3000)
	want := report.SpanGrowth{Calls: 3, RSS: 5, Heap: 50, External: 500, Share: 4000}
	categories, operations := st.Totals()
	for name, totals := range map[string]Totals{"category": categories["web"], "operation": operations["GET /"]} {
		growth := totals.Growth()
		if growth.Worst.External != 300 {
			t.Errorf("%s: the worst is %+v, want the span that grew by 300", name, growth.Worst)
		}
		growth.Worst = report.Span{}
		if growth != want || totals.Category != "web" {
			t.Errorf("%s %q: %+v, want %+v", name, totals.Category, growth, want)
		}
	}
	if n := st.Calls(); n != 3 {
		t.Errorf("%d operations, want 3", n)
	}
}

func TestTheWorstOfSpansThatAllShrankIsTheOneThatShrankLeast(t *testing.T) {
	var st Statistics
	for _, heap := range []int64{-30, -10, -20} {
		st.add(&Span{Span: report.Span{Operation: "frees", Category: "jobs", RSS: -40, Heap: heap, External: -40}})
	}
	if _, operations := st.Totals(); operations["frees"].Worst.Heap != -10 {
		t.Errorf("the worst is %+v", operations["frees"].Worst.Span)
	}
}

func TestASummaryIsOfWhatEndedSinceTheLastTheLargestFirst(t *testing.T) {
	var st Statistics
	add := func(category string, rss, external int64) {
		st.add(&Span{Span: report.Span{Operation: "of " + category, Category: category, RSS: rss, External: external}})
	}
	categories := func() (names []string) {
		for _, totals := range st.Summary() {
			names = append(names, fmt.Sprint(totals.Category, " ", totals.Calls, " ", totals.RSS+totals.External))
		}
		return names
	}
	add("a", 1, 0)
	add("b", 10, 0)
	add("c", 1, 20)
	add("b", 5, 0)
	if got, want := categories(), []string{"c 1 21", "b 2 15", "a 1 1"}; !slices.Equal(got, want) {
		t.Errorf("summary %q, want %q", got, want)
	}
	add("a", 7, 0)
	if got, want := categories(), []string{"a 1 7"}; !slices.Equal(got, want) {
		t.Errorf("next summary %q, want %q", got, want)
	}
}

func TestSpansThatAreKeptAreBoundedAndTheLatest(t *testing.T) {
	var st Statistics
	began := time.Now()
	add := func(category string, i int) {
		st.add(&Span{Span: report.Span{Operation: category, Category: category, Heap: int64(i), End: began.Add(time.Duration(i))}})
	}
	for i := range 3*recentPerCategory + 1 {
		add("busy", i)
	}
	spans := st.Recent(time.Time{})
	if n := len(spans); n != recentPerCategory || spans[0].Heap != 3*recentPerCategory || spans[n-1].Heap != 2*recentPerCategory+1 {
		t.Errorf("%d spans, the first %+v, want the last %d, the largest first", n, spans[0].Span, recentPerCategory)
	}
	if n := len(st.Recent(spans[9].End)); n != 9 {
		t.Errorf("%d spans ended after the tenth last, want 9", n)
	}

	const categories = 2 * recentInAll / recentPerCategory
	for c := range categories {
		for i := range 2 * recentPerCategory {
			add(fmt.Sprint("category ", c), i)
		}
	}
	all := make(map[string]int)
	for _, s := range st.Recent(time.Time{}) {
		all[s.Category]++
	}
	for c := range categories {
		if all[fmt.Sprint("category ", c)] == 0 {
			t.Errorf("no span of category %d is kept", c)
		}
	}
	if n := len(st.Recent(time.Time{})); n > recentInAll+categories {
		t.Errorf("%d spans are kept, want at most %d, and one of each category that is new", n, recentInAll)
	}
}
