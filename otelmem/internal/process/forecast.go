package process

import (
	"sync"
	"time"

	"github.com/otelmem/otelmem-go/internal/memstat"
	"github.com/otelmem/otelmem-go/internal/stats"
	"github.com/otelmem/otelmem-go/internal/verdict"
)

// forecastPoints is over how many report intervals the process's trend is taken.
const forecastPoints = 30

// Forecast follows the resident set and says when it reaches the limit. The zero value is ready; it is safe for
// concurrent use.
type Forecast struct {
	mu     sync.Mutex
	series []memstat.Snapshot
	slope  float64 // bytes a second
}

// Add takes in a reading, one a report interval.
func (f *Forecast) Add(s memstat.Snapshot) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if len(f.series) == forecastPoints {
		f.series = append(f.series[:0], f.series[1:]...)
	}
	f.series = append(f.series, s)
	times, values := make([]float64, len(f.series)), make([]float64, len(f.series))
	for i, s := range f.series {
		times[i], values[i] = s.Time.Sub(f.series[0].Time).Seconds(), float64(s.RSS)
	}
	f.slope = stats.TheilSen(times, values).Slope
}

// Rate is the trend of the resident set, in bytes a second.
func (f *Forecast) Rate() float64 {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.slope
}

// TimeToLimit is how long until rss is at the limit; false where it does
// not approach it.
func (f *Forecast) TimeToLimit(rss, limit int64) (time.Duration, bool) {
	return verdict.TimeToLimit(float64(rss), float64(limit), f.Rate())
}
