package otelmem

import (
	"sync"
	"time"

	"github.com/otelmem/otelmem-go/internal/memstat"
	"github.com/otelmem/otelmem-go/internal/trend"
)

// forecastPoints is over how many report intervals the process's trend is taken.
const forecastPoints = 30

// forecast follows the resident set. It is safe for concurrent use.
type forecast struct {
	mu     sync.Mutex
	window *trend.Window
	slope  float64 // bytes a second
}

func newForecast() *forecast { return &forecast{window: trend.NewWindow(forecastPoints)} }

func (f *forecast) add(s memstat.Snapshot) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.window.Add(trend.Point{Time: s.Time, Value: s.RSS})
	f.slope = trend.Slope(f.window.Points())
}

// rate is the trend of the resident set, in bytes a second.
func (f *forecast) rate() float64 {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.slope
}

// timeToLimit is how long until rss is at the limit; false where it is not
// going there.
func (f *forecast) timeToLimit(rss, limit int64) (time.Duration, bool) {
	return trend.TimeTo(rss, limit, f.rate())
}
