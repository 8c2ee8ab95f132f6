package dump

import (
	"testing"

	"github.com/otelmem/otelmem-go/internal/memstat"
)

func TestUsage(t *testing.T) {
	s := Memory{RSS: 1000, HeapObjects: 800, Live: 300, Stacks: 20, External: 50, GoResident: 900}
	for name, test := range map[string]struct {
		snapshot Memory
		limit    Limit
		gcOff    bool
		want     int64
	}{
		"resident set":                     {s, Limit{}, false, 1000},
		"GOGC=off without a limit":         {s, Limit{}, true, 1000},
		"GOGC=off up to GOMEMLIMIT":        {s, Limit{Bytes: 1100, Source: memstat.SourceRuntime}, true, 370},
		"GOMEMLIMIT with GOGC":             {s, Limit{Bytes: 1100, Source: memstat.SourceRuntime}, false, 1000},
		"GOGC=off up to the cgroup":        {s, Limit{Bytes: 1100, Source: memstat.SourceCgroup}, true, 1000},
		"all who share the cgroup":         {s, Limit{Bytes: 5000, Source: memstat.SourceCgroup, Used: 4900}, false, 4900},
		"mapped files and GOMEMLIMIT":      {Memory{RSS: 1000, FileBacked: 700}, Limit{Bytes: 1100, Source: memstat.SourceRuntime}, false, 300},
		"resident set that cannot be read": {Memory{GoResident: 900}, Limit{}, false, 900},
	} {
		t.Run(name, func(t *testing.T) {
			if got := usage(test.snapshot, test.limit, test.gcOff); got != test.want {
				t.Errorf("usage %d, want %d", got, test.want)
			}
		})
	}
}
