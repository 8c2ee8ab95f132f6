package dump

import (
	"testing"

	"github.com/otelmem/otelmem-go/internal/memstat"
)

func TestShortage(t *testing.T) {
	limit := Limit{Bytes: memstat.GiB}
	for name, test := range map[string]struct {
		used, free int64
		known      bool
		limit      Limit
		short      bool
	}{
		"room for all":             {memstat.GiB / 2, memstat.GiB, true, limit, false},
		"no limit":                 {100 * memstat.GiB, memstat.GiB, true, Limit{}, false},
		"close to the limit":       {memstat.GiB - 10*memstat.MiB, memstat.GiB, true, limit, true},
		"just enough memory":       {memstat.GiB - 4*memstat.MiB - 15_000_000, memstat.GiB, true, limit, false},
		"a byte too little memory": {memstat.GiB - 4*memstat.MiB - 15_000_000 + 1, memstat.GiB, true, limit, true},
		"just enough disk":         {0, memstat.MiB + 1_500_000, true, limit, false},
		"a byte too little disk":   {0, memstat.MiB + 1_500_000 - 1, true, limit, true},
		"beyond the limit":         {2 * memstat.GiB, memstat.GiB, true, limit, true},
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
		"less than it may write": {memstat.MiB, false},
	} {
		if got := headroomToLabel(memstat.GiB-test.left, Limit{Bytes: memstat.GiB}); got != test.want {
			t.Errorf("%s: %t, want %t", name, got, test.want)
		}
	}
	if !headroomToLabel(100*memstat.GiB, Limit{}) {
		t.Error("without a limit there is always headroom")
	}
}
