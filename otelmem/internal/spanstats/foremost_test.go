package spanstats

import (
	"slices"
	"testing"

	"github.com/otelmem/otelmem-go/otelmem/report"
)

func TestSpansThatLeftNothingBehindComeLast(t *testing.T) {
	span := func(operation string, heap, external int64) Span {
		return Span{Span: report.Span{Operation: operation, Heap: heap, External: external}}
	}
	spans := []Span{span("churns", 90, 0), span("churns", 80, 0), span("leaks", 50, 0), span("maps", 0, 40), span("leaks", 20, 0)}
	operations := func(spans []Span) (names []string) {
		for _, s := range spans {
			names = append(names, s.Operation)
		}
		return names
	}
	for name, test := range map[string]struct {
		held map[string]int64
		n    int
		want []string
	}{
		"by what is held":         {map[string]int64{"churns": 1, "leaks": 300}, 10, []string{"leaks", "maps", "leaks", "churns", "churns"}},
		"no more than is held":    {map[string]int64{"churns": 45, "leaks": 300}, 3, []string{"leaks", "churns", "churns"}},
		"where that is not known": {nil, 2, []string{"churns", "churns"}},
	} {
		t.Run(name, func(t *testing.T) {
			if got := operations(Foremost(spans, test.held, test.n)); !slices.Equal(got, test.want) {
				t.Errorf("got %v, want %v", got, test.want)
			}
		})
	}
}
