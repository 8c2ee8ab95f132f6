package spanstats

import (
	"time"

	"github.com/otelmem/otelmem-go/otelmem/report"
	"github.com/otelmem/otelmem-go/spanhook"
)

// longInFlight is from which age on a span is told of: hardly any request takes as long,
// while streams do, and spans that are never ended.
const longInFlight = 10 * time.Minute

// InFlight are the spans of an operation that have not ended.
type InFlight struct {
	Category string
	report.InFlight
}

// InFlightBy sums spans in flight up by operation.
func InFlightBy(running []spanhook.Running, names spanhook.Namer, now time.Time) map[string]*InFlight {
	by := make(map[string]*InFlight)
	for _, r := range running {
		operation, category := names(r.Span)
		f, started := by[operation], r.Span.StartTime()
		if f == nil {
			f = &InFlight{Category: category, InFlight: report.InFlight{Oldest: started}}
			by[operation] = f
		}
		f.Count++
		if started.Before(f.Oldest) {
			f.Oldest = started
		}
		if now.Sub(started) >= longInFlight {
			f.Long++
		}
	}
	return by
}
