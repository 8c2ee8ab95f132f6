package otelmem

import (
	"slices"
	"testing"

	"github.com/otelmem/otelmem-go/internal/memstat"
	"github.com/otelmem/otelmem-go/internal/textfmt"
)

func TestPatterns(t *testing.T) {
	const mb = textfmt.MiB
	start := ProcessReport{RSS: 50 * mb, Live: 10 * mb, Heap: 12 * mb, GoResident: 40 * mb, Stacks: mb, Goroutines: 20}
	for name, test := range map[string]struct {
		change func(*ProcessReport)
		want   []string
	}{
		"nothing": {func(*ProcessReport) {}, nil},
		"outside": {func(p *ProcessReport) { p.External += 64 * mb; p.RSS += 64 * mb }, []string{PatternOutside}},
		"heap": {func(p *ProcessReport) {
			p.Live += 64 * mb
			p.Heap += 70 * mb
			p.GoResident += 70 * mb
			p.RSS += 70 * mb
		}, []string{PatternHeap}},
		"a little of both, beside something large": {func(p *ProcessReport) {
			p.External += 20 * mb
			p.Live += 500 * mb
			p.Heap += 500 * mb
			p.GoResident += 500 * mb
			p.RSS += 520 * mb
		}, []string{PatternHeap}},
		"goroutines":                 {func(p *ProcessReport) { p.Goroutines += 5000 }, []string{PatternGoroutines}},
		"not returned":               {func(p *ProcessReport) { p.GoResident += 200 * mb; p.RSS += 200 * mb }, []string{PatternNotReturned}},
		"pacing":                     {func(p *ProcessReport) { p.Limit, p.LimitSource = 12*mb, memstat.SourceRuntime }, []string{PatternPacing}},
		"pacing is not the cgroup's": {func(p *ProcessReport) { p.Limit, p.LimitSource = 12*mb, memstat.SourceCgroup }, nil},
	} {
		t.Run(name, func(t *testing.T) {
			now := start
			test.change(&now)
			var got []string
			for _, f := range findings(&now, &start) {
				got = append(got, f.Pattern)
				if f.Evidence == "" || f.Next == "" {
					t.Errorf("%s has no evidence or next step", f.Pattern)
				}
			}
			if !slices.Equal(got, test.want) {
				t.Errorf("got %q, want %q", got, test.want)
			}
		})
	}
}
