package otelmem

import (
	"slices"
	"testing"

	"github.com/otelmem/otelmem-go/internal/verdict"
	"github.com/otelmem/otelmem-go/otelmem/report"
)

func TestOperationsAreTheSuspectedThenThoseThatHoldMostThenThoseThatRanMost(t *testing.T) {
	operations := []report.Operation{
		{Name: "ran", Calls: 9}, {Name: "holds", Live: 5}, {Name: "b"}, {Name: "a"}, {Name: "leaks", Live: 1, Suspected: true}, {Name: "leaks more", Live: 2, Suspected: true},
	}
	slices.SortFunc(operations, compareOperations)
	var names []string
	for _, o := range operations {
		names = append(names, o.Name)
	}
	if want := []string{"leaks more", "leaks", "holds", "ran", "a", "b"}; !slices.Equal(names, want) {
		t.Errorf("order %q, want %q", names, want)
	}
}

func TestARiseGoesOnWhileItsVerdictSaysSo(t *testing.T) {
	for v, ongoing := range map[verdict.Verdict]bool{verdict.Growing: true, verdict.Rising: true, verdict.Plateau: false, verdict.Churn: false} {
		rise := newRise(&verdict.Result{Verdict: v, Evidence: verdict.Evidence{Growth: 7, Allocated: 9}})
		if rise.Ongoing != ongoing || rise.Bytes != 7 || rise.Allocated != 9 {
			t.Errorf("%s: %+v, want it to go on: %t", v, rise, ongoing)
		}
	}
	if rise := newRise(&verdict.Result{Verdict: verdict.Stable}); rise != nil {
		t.Errorf("%+v of what did not rise", rise)
	}
}
