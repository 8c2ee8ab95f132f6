package spanstats

import (
	"fmt"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/otelmem/otelmem-go/otelmem/report"
)

func TestExamplesAreFewAndOfWhatGrowsOnly(t *testing.T) {
	var e Examples
	if e.Take("a") || e.Of("a") != nil {
		t.Error("an example before any report")
	}
	e.keep(example("a", 0)) // must not crash
	e.Renew([]string{"a", "b"}, true)
	var taken atomic.Int32
	var wg sync.WaitGroup
	for i := range 100 {
		wg.Go(func() {
			if e.Take("a") {
				taken.Add(1)
				e.keep(example("a", int64(i)))
			}
			if e.Take("c") {
				t.Error("an example of what does not grow")
			}
		})
	}
	wg.Wait()
	if taken.Load() != examplesEach || len(e.Of("a")) != examplesEach {
		t.Errorf("%d taken, %d kept, want %d", taken.Load(), len(e.Of("a")), examplesEach)
	}
	e.Renew([]string{"a"}, true) // still growing: some more
	if !e.Take("a") || e.Take("b") {
		t.Error("examples go on where growth does, and end where it ends")
	}
	e.keep(example("a", -1))
	if spans := e.Of("a"); len(spans) != examplesEach || spans[0].Heap != -1 {
		t.Errorf("%d examples, the first %+v; want the latest first", len(spans), spans[0])
	}
	e.Renew(nil, true)
	if e.Take("a") || e.Of("a") != nil {
		t.Error("an example of what grew once")
	}
	many := make([]string, 10*examplesOf)
	for i := range many {
		many[i] = fmt.Sprint(i)
	}
	e.Renew(many, true)
	if !e.Take("0") || e.Take(many[examplesOf]) {
		t.Errorf("want examples of the first %d operations", examplesOf)
	}
}

// Growth that comes and goes within a report interval gets no more examples by that.
func TestExamplesAreRefilledOnceAReportOnly(t *testing.T) {
	var e Examples
	takeAll := func(operation string) (n int) {
		for e.Take(operation) {
			e.keep(example(operation, int64(n)))
			n++
		}
		return n
	}
	e.Renew([]string{"a"}, false)
	if n := takeAll("a"); n != examplesEach {
		t.Errorf("%d examples of what begins to grow, want %d", n, examplesEach)
	}
	e.Renew(nil, false)
	e.Renew([]string{"b", "a"}, false)
	if a, b := takeAll("a"), takeAll("b"); a != 0 || b != examplesEach {
		t.Errorf("%d more examples of a and %d of b, want none and %d", a, b, examplesEach)
	}
	if n := len(e.Of("a")); n != examplesEach {
		t.Errorf("%d examples are remembered, want %d", n, examplesEach)
	}
	e.Renew([]string{"a"}, true)
	e.Renew([]string{"a"}, true) // none was taken meanwhile: they do not add up
	if a, b := takeAll("a"), takeAll("b"); a != examplesEach || b != 0 {
		t.Errorf("%d more examples of a and %d of b, want %d and none", a, b, examplesEach)
	}
}

func example(operation string, heap int64) *Span {
	return &Span{Span: report.Span{Operation: operation, Heap: heap}}
}
