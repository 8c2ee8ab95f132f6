package dump

import (
	"testing"

	"github.com/otelmem/otelmem-go/internal/memstat"
	"github.com/otelmem/otelmem-go/internal/textfmt"
)

func TestMemoryShortage(t *testing.T) {
	limit := Limit{Bytes: textfmt.GiB}
	for name, test := range map[string]struct {
		used  int64
		limit Limit
		short bool
	}{
		"room for all":       {textfmt.GiB / 2, limit, false},
		"no limit":           {100 * textfmt.GiB, Limit{}, false},
		"close to the limit": {textfmt.GiB - 10*textfmt.MiB, limit, true},
		"just enough":        {textfmt.GiB - 4*textfmt.MiB - 15_000_000, limit, false},
		"a byte too little":  {textfmt.GiB - 4*textfmt.MiB - 15_000_000 + 1, limit, true},
		"beyond the limit":   {2 * textfmt.GiB, limit, true},
		"beyond GOMEMLIMIT":  {2 * textfmt.GiB, Limit{Bytes: textfmt.GiB, Source: memstat.SourceRuntime}, false},
		"beyond memory.high": {2 * textfmt.GiB, Limit{Bytes: textfmt.GiB, Source: memstat.SourceHigh}, false},
		"the container is full beside GOMEMLIMIT": {
			textfmt.MiB, Limit{Bytes: textfmt.GiB, Source: memstat.SourceRuntime, Hard: 2 * textfmt.GiB, HardUsed: 2*textfmt.GiB - 1}, true,
		},
		"a sidecar fills the container": {textfmt.MiB, Limit{Bytes: textfmt.GiB, Source: memstat.SourceCgroup, Used: textfmt.GiB}, true},
	} {
		t.Run(name, func(t *testing.T) {
			if why := memoryShortage(test.used, test.limit, 25_000); (why != "") != test.short {
				t.Errorf("shortage %q, want one: %t", why, test.short)
			}
		})
	}
}

func TestDiskShortage(t *testing.T) {
	for name, test := range map[string]struct {
		free  int64
		known bool
		short bool
	}{
		"just enough":       {textfmt.MiB + 1_500_000, true, false},
		"a byte too little": {textfmt.MiB + 1_500_000 - 1, true, true},
		"full":              {0, true, true},
		"unknown capacity":  {0, false, false},
	} {
		t.Run(name, func(t *testing.T) {
			if why := diskShortage(test.free, test.known, 25_000); (why != "") != test.short {
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
