package dump

import (
	"testing"

	"github.com/otelmem/otelmem-go/internal/textfmt"
)

func TestShortage(t *testing.T) {
	limit := Limit{Bytes: textfmt.GiB}
	for name, test := range map[string]struct {
		used, free int64
		known      bool
		limit      Limit
		short      bool
	}{
		"room for all":             {textfmt.GiB / 2, textfmt.GiB, true, limit, false},
		"no limit":                 {100 * textfmt.GiB, textfmt.GiB, true, Limit{}, false},
		"close to the limit":       {textfmt.GiB - 10*textfmt.MiB, textfmt.GiB, true, limit, true},
		"just enough memory":       {textfmt.GiB - 4*textfmt.MiB - 15_000_000, textfmt.GiB, true, limit, false},
		"a byte too little memory": {textfmt.GiB - 4*textfmt.MiB - 15_000_000 + 1, textfmt.GiB, true, limit, true},
		"just enough disk":         {0, textfmt.MiB + 1_500_000, true, limit, false},
		"a byte too little disk":   {0, textfmt.MiB + 1_500_000 - 1, true, limit, true},
		"beyond the limit":         {2 * textfmt.GiB, textfmt.GiB, true, limit, true},
		"disk full":                {0, 100, true, limit, true},
		"disk of unknown capacity": {0, 0, false, limit, false},
	} {
		t.Run(name, func(t *testing.T) {
			if why := shortage(test.used, test.limit, test.free, test.known, 25_000); (why != "") != test.short {
				t.Errorf("shortage %q, want one: %t", why, test.short)
			}
		})
	}
}

func TestHeadroomToLabel(t *testing.T) {
	for name, test := range map[string]struct {
		left int64
		want bool
	}{
		"twice the cost":         {2 * labelMemory, false},
		"more than twice":        {2*labelMemory + 1, true},
		"less than it may write": {textfmt.MiB, false},
	} {
		if got := headroomToLabel(textfmt.GiB-test.left, Limit{Bytes: textfmt.GiB}); got != test.want {
			t.Errorf("%s: %t, want %t", name, got, test.want)
		}
	}
	if !headroomToLabel(100*textfmt.GiB, Limit{}) {
		t.Error("without a limit there is always headroom")
	}
}
