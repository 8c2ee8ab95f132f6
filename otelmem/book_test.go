package otelmem

import (
	"fmt"
	"testing"
	"time"

	"go.opentelemetry.io/otel/trace"
)

func TestExamplesOfAnOperationSurviveItsBusyCategory(t *testing.T) {
	b := newBook()
	add := func(operation string, id byte, heap int64) {
		b.add(&Span{
			Operation: operation, Category: "db", Heap: heap, End: time.Now(),
			context: trace.NewSpanContext(trace.SpanContextConfig{TraceID: trace.TraceID{1}, SpanID: trace.SpanID{id}}),
		})
	}
	add("rare", 1, 10)
	add("rare", 2, 30)
	add("rare", 3, 30)
	if got := b.examples("rare", 8); len(got) != 3 || got[0].Heap != 30 || got[2].Heap != 10 {
		t.Errorf("examples %+v, want all three, the largest first", got)
	}
	if got := b.examples("rare", 1); len(got) != 1 {
		t.Errorf("%d examples, want 1", len(got))
	}
	for i := range 10 * recentPerCategory {
		add(fmt.Sprint("busy ", i%10), 4, 100)
	}
	if got := b.examples("rare", 8); len(got) != 1 || got[0].Heap != 30 {
		t.Errorf("examples %+v, want the worst", got)
	}
	if got := b.examples("unknown", 8); len(got) != 0 {
		t.Errorf("examples %+v of an operation without spans", got)
	}
}
