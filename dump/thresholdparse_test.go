package dump

import (
	"slices"
	"strings"
	"testing"

	"github.com/otelmem/otelmem-go/internal/memstat"
	"github.com/otelmem/otelmem-go/internal/textfmt"
)

func TestThresholdsAreSortedFromLowToHigh(t *testing.T) {
	limited := Limit{Bytes: 1000 * textfmt.MiB, Source: memstat.SourceCgroup}
	for name, test := range map[string]struct {
		texts []string
		limit Limit
		want  []int64 // MiB
	}{
		"default without a limit":  {nil, Limit{}, []int64{2048, 4096, 6144, 8192, 10240}},
		"default with a limit":     {nil, limited, []int64{500, 650, 800, 900, 950}},
		"sizes and shares, mixed":  {[]string{"75%", " 512MiB"}, limited, []int64{512, 750}},
		"of these without a limit": {[]string{"75%", " 512MiB"}, Limit{}, []int64{512}},
		"shares without a limit":   {[]string{"75% "}, Limit{}, []int64{2048, 4096, 6144, 8192, 10240}},
	} {
		t.Run(name, func(t *testing.T) {
			var got []int64
			for _, threshold := range thresholdsAt(newConfig([]Option{WithThresholds(test.texts...)}).thresholdTexts, test.limit) {
				got = append(got, threshold.Bytes/textfmt.MiB)
			}
			if !slices.Equal(got, test.want) {
				t.Errorf("got %v MiB, want %v", got, test.want)
			}
		})
	}
}

func TestBadThresholdsAreNamed(t *testing.T) {
	limited := Limit{Bytes: textfmt.GiB, Source: memstat.SourceCgroup}
	for name, test := range map[string]struct {
		texts []string
		limit Limit
		want  string
	}{
		"no number":               {[]string{"lots"}, limited, `"lots"`},
		"zero":                    {[]string{"0MiB"}, limited, `"0MiB"`},
		"negative":                {[]string{"-1GiB"}, limited, `"-1GiB"`},
		"empty":                   {[]string{""}, limited, `""`},
		"share of nothing":        {[]string{"75%"}, Limit{}, "no memory limit"},
		"share above the whole":   {[]string{"101%"}, limited, `"101%"`},
		"share of nothing at all": {[]string{"NaN%"}, limited, `"NaN%"`},
		"the same twice":          {[]string{"512MiB", "50%"}, limited, "are both 536870912 bytes"},
		"all of them":             {[]string{"a", "b"}, limited, `"b"`},
	} {
		t.Run(name, func(t *testing.T) {
			if _, err := parseThresholds(test.texts, test.limit); err == nil || !strings.Contains(err.Error(), test.want) {
				t.Errorf("error %v, want one with %s", err, test.want)
			}
		})
	}
}
