package process

import (
	"sync"
	"time"

	"github.com/otelmem/otelmem-go/internal/memstat"
	"github.com/otelmem/otelmem-go/internal/verdict"
)

// Outside follows resident memory outside Go, which no heap profile shows, and
// judges it as operations' live bytes are judged. The zero value is ready; it is safe
// for concurrent use.
type Outside struct {
	mu        sync.Mutex
	series    *verdict.Series
	result    verdict.Result
	suspicion verdict.Suspicion
}

// Add takes in a reading.
func (o *Outside) Add(s memstat.Snapshot) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.series == nil {
		o.series = verdict.NewSeries(0)
	}
	o.series.Add(verdict.Point{Time: s.Time, Live: float64(s.External)})
	o.result = o.series.Judge(verdict.Rules{})
	o.suspicion.Follow(o.result.Verdict, s.Time)
}

// Result returns what its series shows, and since when it is suspected to leak:
// zero unless it is.
func (o *Outside) Result() (result verdict.Result, suspectedSince time.Time) {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.result, o.suspicion.Since
}
