package spanstats

import (
	"fmt"
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
