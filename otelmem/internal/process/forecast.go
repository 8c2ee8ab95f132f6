package process

import (
	"sync"
	"time"

	"github.com/otelmem/otelmem-go/internal/memstat"
	"github.com/otelmem/otelmem-go/internal/stats"
	"github.com/otelmem/otelmem-go/internal/verdict"
)

const (
	// forecastPoints is over how many readings the trend is taken, and forecastAfter
	// the fewest and the least time from which one is: while a program starts, it
	// allocates what it will keep.
	forecastPoints   = 30
	forecastAfter    = 6
	forecastAfterFor = 30 * time.Second
	// foreseen is how many times as far as it was seen growth is followed: a cache that
	// has filled for a minute says nothing of what is in ten. So the end is foreseen a
	// fifth of the way to it at the latest.
	foreseen = 4
)

// Forecast says when the process reaches its memory limit. The zero value is ready;
// it is safe for concurrent use.
//
// What a collection frees is no reason to foresee the limit: with GOMEMLIMIT the
// heap grows up to it by design. So the limit is foreseen only where what no
// collection frees (live heap, stacks, memory outside Go) grows for certain; and of
// GOMEMLIMIT, which counts Go's memory alone, it is that which must reach it.
type Forecast struct {
	mu     sync.Mutex
	series []memstat.Snapshot
	rss    float64    // trend of the resident set, in bytes a second
	kept   stats.Line // trend of what no collection frees, likewise
	goKept stats.Line // of that, what is Go's
	since  time.Time  // when what no collection frees began to grow; zero unless it does
}

// Add takes in a reading.
func (f *Forecast) Add(s memstat.Snapshot) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if len(f.series) == forecastPoints {
		f.series = append(f.series[:0], f.series[1:]...)
	}
	f.series = append(f.series, s)
	trend := func(of func(*memstat.Snapshot) int64) stats.Line {
		times, values := make([]float64, len(f.series)), make([]float64, len(f.series))
		for i := range f.series {
			times[i], values[i] = f.series[i].Time.Sub(f.series[0].Time).Seconds(), float64(of(&f.series[i]))
		}
		return stats.TheilSen(times, values)
	}
	f.rss = trend(func(s *memstat.Snapshot) int64 { return s.RSS }).Slope
	f.goKept = trend(goKept)
	f.kept = trend(func(s *memstat.Snapshot) int64 { return goKept(s) + s.External })
	switch grows := f.kept.Low > 0 || f.goKept.Low > 0; {
	case !grows:
		f.since = time.Time{}
	case f.since.IsZero():
		f.since = f.series[0].Time
	}
}

// goKept is Go's memory that no collection frees, in bytes.
func goKept(s *memstat.Snapshot) int64 { return s.Live + s.Stacks }

// Rate is the trend of the resident set, in bytes a second.
func (f *Forecast) Rate() float64 {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.rss
}

// TimeToLimit is how long until the process is at the limit; false where it does
// not approach it, or too little has been seen to say so.
func (f *Forecast) TimeToLimit(now memstat.Snapshot, limit memstat.Limit) (time.Duration, bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if len(f.series) < forecastAfter || f.since.IsZero() {
		return 0, false
	}
	seen := f.series[len(f.series)-1].Time.Sub(f.since)
	left, ok := f.atThisRate(now, limit)
	if !ok || seen < forecastAfterFor || left > foreseen*seen {
		return 0, false
	}
	return left, true
}

// atThisRate follows the trend. It needs the lock.
func (f *Forecast) atThisRate(now memstat.Snapshot, limit memstat.Limit) (time.Duration, bool) {
	if limit.Source == memstat.SourceRuntime {
		if f.goKept.Low <= 0 {
			return 0, false
		}
		return verdict.TimeToLimit(float64(goKept(&now)), float64(limit.Bytes), f.goKept.Slope)
	}
	if f.kept.Low <= 0 {
		return 0, false
	}
	return verdict.TimeToLimit(float64(limit.Use(now.RSS)), float64(limit.Bytes), max(f.rss, f.kept.Slope))
}
