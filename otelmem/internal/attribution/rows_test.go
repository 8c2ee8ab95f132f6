package attribution

import (
	"testing"

	"github.com/otelmem/otelmem-go/internal/verdict"
)

func TestARiseGoesOnWhileItsVerdictSaysSo(t *testing.T) {
	for v, ongoing := range map[verdict.Verdict]bool{verdict.Growing: true, verdict.Rising: true, verdict.Plateau: false, verdict.Churn: false} {
		rise := NewRise(&verdict.Result{Verdict: v, Evidence: verdict.Evidence{Growth: 7, Allocated: 9}})
		if rise.Ongoing != ongoing || rise.Bytes != 7 || rise.Allocated != 9 {
			t.Errorf("%s: %+v, want it to go on: %t", v, rise, ongoing)
		}
	}
	if rise := NewRise(&verdict.Result{Verdict: verdict.Stable}); rise != nil {
		t.Errorf("%+v of what did not rise", rise)
	}
}
