package dump

import (
	"slices"
	"strings"
	"testing"

	"github.com/otelmem/otelmem-go/internal/memstat"
	"github.com/otelmem/otelmem-go/internal/textfmt"
)

func TestLadders(t *testing.T) {
	limited := memstat.Limit{Bytes: 1000 * textfmt.MiB, Source: memstat.SourceCgroup}
	for name, test := range map[string]struct {
		texts []string
		limit memstat.Limit
		want  []int64 // MiB
	}{
		"default without a limit": {nil, memstat.Limit{}, []int64{2048, 4096, 6144, 8192, 10240}},
		"default with a limit":    {nil, limited, []int64{500, 650, 800, 900, 950}},
		"sizes and shares, mixed": {[]string{"75%", " 512MiB"}, limited, []int64{512, 750}},
	} {
		t.Run(name, func(t *testing.T) {
			ladder, err := parseThresholds(test.texts, test.limit)
			if err != nil {
				t.Fatal(err)
			}
			var got []int64
			for _, rung := range ladder {
				got = append(got, rung.Bytes/textfmt.MiB)
			}
			if !slices.Equal(got, test.want) {
				t.Errorf("got %v MiB, want %v", got, test.want)
			}
		})
	}
}

func TestBadThresholdsAreNamed(t *testing.T) {
	limited := memstat.Limit{Bytes: textfmt.GiB, Source: memstat.SourceCgroup}
	for name, test := range map[string]struct {
		texts []string
		limit memstat.Limit
		want  string
	}{
		"no number":               {[]string{"lots"}, limited, `"lots"`},
		"zero":                    {[]string{"0MiB"}, limited, `"0MiB"`},
		"negative":                {[]string{"-1GiB"}, limited, `"-1GiB"`},
		"empty":                   {[]string{""}, limited, `""`},
		"share of nothing":        {[]string{"75%"}, memstat.Limit{}, "no memory limit"},
		"share above the whole":   {[]string{"101%"}, limited, `"101%"`},
		"share of nothing at all": {[]string{"NaN%"}, limited, `"NaN%"`},
		"the same twice":          {[]string{"512MiB", "50%"}, limited, "are the same"},
		"all of them":             {[]string{"a", "b"}, limited, `"b"`},
	} {
		t.Run(name, func(t *testing.T) {
			if _, err := parseThresholds(test.texts, test.limit); err == nil || !strings.Contains(err.Error(), test.want) {
				t.Errorf("error %v, want one with %s", err, test.want)
			}
		})
	}
}

func TestUsage(t *testing.T) {
	s := memstat.Snapshot{RSS: 1000, HeapObjects: 800, Live: 300, Stacks: 20, External: 50, GoResident: 900}
	for name, test := range map[string]struct {
		snapshot memstat.Snapshot
		limit    memstat.Limit
		gcOff    bool
		want     int64
	}{
		"resident set":                     {s, memstat.Limit{}, false, 1000},
		"GOGC=off without a limit":         {s, memstat.Limit{}, true, 1000},
		"GOGC=off up to GOMEMLIMIT":        {s, memstat.Limit{Bytes: 1100, Source: memstat.SourceRuntime}, true, 370},
		"GOGC=off up to the cgroup":        {s, memstat.Limit{Bytes: 1100, Source: memstat.SourceCgroup}, true, 1000},
		"resident set that cannot be read": {memstat.Snapshot{GoResident: 900}, memstat.Limit{}, false, 900},
	} {
		t.Run(name, func(t *testing.T) {
			if got := usage(test.snapshot, test.limit, test.gcOff); got != test.want {
				t.Errorf("usage %d, want %d", got, test.want)
			}
		})
	}
}

func TestShortage(t *testing.T) {
	limit := memstat.Limit{Bytes: textfmt.GiB}
	for name, test := range map[string]struct {
		used, free int64
		known      bool
		limit      memstat.Limit
		short      bool
	}{
		"room for all":             {textfmt.GiB / 2, textfmt.GiB, true, limit, false},
		"no limit":                 {100 * textfmt.GiB, textfmt.GiB, true, memstat.Limit{}, false},
		"close to the limit":       {textfmt.GiB - 10*textfmt.MiB, textfmt.GiB, true, limit, true},
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
