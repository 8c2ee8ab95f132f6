package spanstats

import (
	"time"

	"github.com/otelmem/otelmem-go/otelmem/report"
	"github.com/otelmem/otelmem-go/spanhook"
)

// longInFlight is from which age on a span is told of: hardly any request takes as long,
// while streams do, and spans that are never ended.
const longInFlight = 10 * time.Minute

// InFlight sums spans in flight up by operation. names is as for the [spanhook.Hook];
// each is called with the operation's name, its category and the sums.
func InFlight(running []spanhook.Running, names spanhook.Namer, now time.Time, each func(operation, category string, f *report.InFlight)) {
	type named struct{ operation, category string }
	by := make(map[named]*report.InFlight)
	for _, r := range running {
		operation, category := names(r.Span)
		key := named{operation, category}
		f, started := by[key], r.Span.StartTime()
		if f == nil {
			f = &report.InFlight{Oldest: started}
			by[key] = f
		}
		f.Count++
		if started.Before(f.Oldest) {
			f.Oldest = started
		}
		if now.Sub(started) >= longInFlight {
			f.Long++
		}
	}
	for key, f := range by {
		each(key.operation, key.category, f)
	}
}
