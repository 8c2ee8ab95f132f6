package debugpage

import (
	"fmt"
	"strings"
	"testing"

	"github.com/otelmem/otelmem-go/otelmem/report"
)

func TestSpansAreTheLargestOfEachOperation(t *testing.T) {
	var spans []report.Span
	for i := range 300 {
		spans = append(spans, report.Span{Operation: fmt.Sprintf("GET /%d", i%130), Category: "api", TraceID: fmt.Sprintf("trace%d", i), RSS: int64(1000 - i)})
	}
	s := elsewhere()
	s.Spans = func(n int) []report.Span { return spans[:min(n, len(spans))] }
	body := get(t, HandlerFrom(s), "spans").body
	table, folded, ok := strings.Cut(body, "<details")
	if rows := strings.Count(table, `scope="row"`); !ok || rows != 10 {
		t.Errorf("%d rows at first, want 10", rows)
	}
	if rows := strings.Count(folded, `scope="row"`); rows != 90 || !strings.Contains(folded, "30 more with smaller growth") {
		t.Errorf("%d rows are folded, want 90 and word of 30 more", rows)
	}
	if !strings.Contains(table, "trace0<") || strings.Contains(body, "trace130<") || !strings.Contains(table, "the largest of 3") {
		t.Error("the first operation has not its largest span alone, of 3")
	}
}
