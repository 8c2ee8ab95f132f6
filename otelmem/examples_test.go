package otelmem

import (
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
)

func TestExamplesAreFewAndOfWhatGrowsOnly(t *testing.T) {
	var e examples
	if e.take("a") || e.of("a") != nil {
		t.Error("an example before any report")
	}
	e.keep(&Span{Operation: "a"}) // must not crash
	e.renew([]string{"a", "b"})
	var taken atomic.Int32
	var wg sync.WaitGroup
	for i := range 100 {
		wg.Go(func() {
			if e.take("a") {
				taken.Add(1)
				e.keep(&Span{Operation: "a", Heap: int64(i)})
			}
			if e.take("c") {
				t.Error("an example of what does not grow")
			}
		})
	}
	wg.Wait()
	if taken.Load() != examplesEach || len(e.of("a")) != examplesEach {
		t.Errorf("%d taken, %d kept, want %d", taken.Load(), len(e.of("a")), examplesEach)
	}
	e.renew([]string{"a"}) // still growing: some more
	if !e.take("a") || e.take("b") {
		t.Error("examples go on where growth does, and end where it ends")
	}
	e.keep(&Span{Operation: "a", Heap: -1})
	if spans := e.of("a"); len(spans) != examplesEach || spans[0].Heap != -1 {
		t.Errorf("%d examples, the first %+v; want the latest first", len(spans), spans[0])
	}
	e.renew(nil)
	if e.take("a") || e.of("a") != nil {
		t.Error("an example of what grew once")
	}
	many := make([]string, 10*examplesOf)
	for i := range many {
		many[i] = fmt.Sprint(i)
	}
	e.renew(many)
	if !e.take("0") || e.take(many[examplesOf]) {
		t.Errorf("want examples of the first %d operations", examplesOf)
	}
}
