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
