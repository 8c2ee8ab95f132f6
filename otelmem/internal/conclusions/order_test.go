package conclusions

import (
	"slices"
	"testing"

	"github.com/otelmem/otelmem-go/otelmem/report"
)

func TestOperationsAreTheSuspectedThenThoseThatHoldMostThenThoseThatRanMost(t *testing.T) {
	operations := []report.Operation{
		{Name: "ran", Calls: 9}, {Name: "holds", Live: 5}, {Name: "b"}, {Name: "a"}, {Name: "leaks", Live: 1, Suspected: true}, {Name: "leaks more", Live: 2, Suspected: true},
	}
	SortOperations(operations)
	var names []string
	for _, o := range operations {
		names = append(names, o.Name)
	}
	if want := []string{"leaks more", "leaks", "holds", "ran", "a", "b"}; !slices.Equal(names, want) {
		t.Errorf("order %q, want %q", names, want)
	}
}
