package conclusions

import (
	"cmp"
	"fmt"
	"slices"
	"time"

	"github.com/otelmem/otelmem-go/otelmem/report"
)

const (
	// manyLong is how many spans of an operation must have been in flight for long to be
	// worth a word: some background jobs take hours.
	manyLong = 20
	// operationsInFlight is how many operations are named.
	operationsInFlight = 3
)

// InFlight names operations of which many spans have not ended for long: streams, or
// spans that are never ended. Either way their growth is that of all that ran meanwhile.
func InFlight(operations []report.Operation, now time.Time) (found []report.Finding) {
	var long []*report.Operation
	for i := range operations {
		if o := &operations[i]; o.InFlight != nil && o.InFlight.Long >= manyLong {
			long = append(long, o)
		}
	}
	slices.SortFunc(long, func(a, b *report.Operation) int {
		return cmp.Or(cmp.Compare(b.InFlight.Long, a.InFlight.Long), cmp.Compare(a.Name, b.Name))
	})
	for _, o := range long[:min(len(long), operationsInFlight)] {
		found = append(found, report.Finding{
			Pattern:  report.PatternInFlight,
			Evidence: fmt.Sprintf("%d spans of %s have been in flight for ten minutes or more, the oldest for %s", o.InFlight.Long, o.Name, span(now.Sub(o.InFlight.Oldest))),
			Next:     "streams and long polls do that; else these spans are never ended, and hold what they refer to: call End on every way out of the function that starts them",
		})
	}
	return found
}
