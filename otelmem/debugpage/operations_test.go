package debugpage

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/otelmem/otelmem-go/otelmem/report"
)

func TestOperationsThatHoldNothingAreFolded(t *testing.T) {
	operations := []report.Operation{
		{Name: "example.com/shop/v3/cart.(*Cart).Fill", By: report.ByCode, Live: 12 << 20},
		{Name: "starts goroutines", Goroutines: 3},
		{Name: "was taken back", Verdict: report.Plateau},
	}
	for i := range 23 {
		operations = append(operations, report.Operation{Name: fmt.Sprintf("GET /empty/%d", i), Calls: 5})
	}
	s := Source{Report: func(context.Context) (*report.Report, error) { return &report.Report{Operations: operations}, nil }}
	table, folded, ok := strings.Cut(get(t, HandlerFrom(s), "operations").body, `<details class="after" id="empty">`)
	if !ok || !strings.Contains(folded, "23 operations that hold nothing") || !strings.Contains(folded, "empty/<wbr>22") {
		t.Fatalf("nothing is folded:\n%s", folded)
	}
	for _, want := range []string{"starts goroutines", "was taken back", `title="example.com/shop/v3/cart.(*Cart).Fill">cart.<wbr><wbr>(*Cart).<wbr>Fill`} {
		if !strings.Contains(table, want) {
			t.Errorf("the table lacks %s", want)
		}
	}
	if strings.Contains(table, "/empty/") {
		t.Error("what holds nothing is in the table too")
	}
	// Where there is nothing else, it is the table.
	operations = operations[3:]
	if body := get(t, HandlerFrom(s), "operations").body; strings.Contains(body, `id="empty"`) || !strings.Contains(body, "GET /empty/22") {
		t.Error("all operations are folded")
	}
}

func TestNamesBreakWhereTheirPartsMeet(t *testing.T) {
	for text, want := range map[string]string{
		"GET /a/b":        "GET /<wbr>a/<wbr>b",
		"cart.(*Cart).Go": "cart.<wbr><wbr>(*Cart).<wbr>Go",
		"<script>&\"(":    "&lt;script&gt;&amp;&#34;<wbr>(",
		"plain":           "plain",
	} {
		if got := string(breaks(text)); got != want {
			t.Errorf("%q is %s, want %s", text, got, want)
		}
	}
}
