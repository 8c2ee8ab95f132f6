package conclusions

import (
	"slices"
	"testing"

	"github.com/otelmem/otelmem-go/internal/memstat"
	"github.com/otelmem/otelmem-go/internal/textfmt"
	"github.com/otelmem/otelmem-go/otelmem/report"
)

func TestPatterns(t *testing.T) {
	const mb = textfmt.MiB
	start := report.Process{RSS: 50 * mb, Live: 10 * mb, Heap: 12 * mb, GoResident: 40 * mb, Stacks: mb, Goroutines: 20}
	for name, test := range map[string]struct {
		change func(*report.Process)
		want   []string
	}{
		"nothing": {func(*report.Process) {}, nil},
		"outside": {func(p *report.Process) { p.External += 64 * mb; p.RSS += 64 * mb }, []string{report.PatternOutside}},
		"shared":  {func(p *report.Process) { p.FileBacked += 64 * mb; p.RSS += 64 * mb }, []string{report.PatternFileBacked}},
		"heap": {func(p *report.Process) {
			p.Live += 64 * mb
			p.Heap += 70 * mb
			p.GoResident += 70 * mb
			p.RSS += 70 * mb
		}, []string{report.PatternHeap}},
		"a little of both, beside something large": {func(p *report.Process) {
			p.External += 20 * mb
			p.Live += 500 * mb
			p.Heap += 500 * mb
			p.GoResident += 500 * mb
			p.RSS += 520 * mb
		}, []string{report.PatternHeap}},
		"goroutines":                 {func(p *report.Process) { p.Goroutines += 5000 }, []string{report.PatternGoroutines}},
		"not returned":               {func(p *report.Process) { p.GoResident += 200 * mb; p.RSS += 200 * mb }, []string{report.PatternNotReturned}},
		"pacing":                     {func(p *report.Process) { p.Limit, p.LimitSource = 12*mb, memstat.SourceRuntime }, []string{report.PatternPacing}},
		"pacing is not the cgroup's": {func(p *report.Process) { p.Limit, p.LimitSource = 12*mb, memstat.SourceCgroup }, nil},
	} {
		t.Run(name, func(t *testing.T) {
			now := start
			test.change(&now)
			var got []string
			for _, f := range Findings(&now, &start) {
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
