package spanstats

import "github.com/otelmem/otelmem-go/otelmem/report"

// Totals are sums over the spans of an operation or a category. Growth is summed
// as the metrics do: what shrank adds 0. Bytes unless said.
type Totals struct {
	Category string
	Calls    int64
	RSS      int64
	Heap     int64
	External int64
	Share    int64
	Worst    Span // the one with the largest growth
}

func (t *Totals) add(s *Span) {
	t.Calls++
	t.RSS += max(0, s.RSS)
	t.Heap += max(0, s.Heap)
	t.External += max(0, s.External)
	t.Share += s.Share
	if t.Calls == 1 || s.Largest() > t.Worst.Largest() {
		t.Worst = *s
	}
}

// Growth returns the sums as reports have them.
func (t *Totals) Growth() report.SpanGrowth {
	return report.SpanGrowth{Calls: t.Calls, RSS: t.RSS, Heap: t.Heap, External: t.External, Share: t.Share, Worst: t.Worst.Report()}
}
