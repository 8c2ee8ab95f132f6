package debugpage

import (
	"context"
	"os"
	"slices"
	"sync"
	"time"

	"github.com/otelmem/otelmem-go/dump"
	"github.com/otelmem/otelmem-go/dump/compare"
	"github.com/otelmem/otelmem-go/otelmem/report"
)

const (
	// freshFor is how long what was looked up is shown before it is looked up
	// again, so that many viewers cost what one costs.
	freshFor = 900 * time.Millisecond
	// followedFor is the same for pages that stay open. Points of memory come
	// each second all the same.
	followedFor = 1900 * time.Millisecond
	// budget is how much of wall time following may cost: one part in so many.
	// With 1,000 operations a look takes some tens of milliseconds.
	budget = 250
)

// latest is what pages show: the report and the dumps, as of a second ago at most. It is safe for concurrent use; nothing runs between
// two looks.
type latest struct {
	source *Source

	mu   sync.Mutex
	at   time.Time
	took time.Duration
	view view
}

// view is what was seen in one look. It is not changed once it is here.
type view struct {
	report  *report.Report
	err     error
	entries []dump.Entry // the oldest first
	listErr error        // why there are no entries; the report says it too
}

// look is for a person who opened a page: it is a second old at most.
func (f *latest) look() (view, error) { return f.since(freshFor) }

// follow is for pages that stay open. It is two seconds old, or older where a look
// costs much.
func (f *latest) follow() (view, error) {
	f.mu.Lock()
	age := max(followedFor, budget*f.took)
	f.mu.Unlock()
	return f.since(age)
}

func (f *latest) since(age time.Duration) (view, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if now := time.Now(); now.Sub(f.at) >= age {
		v := view{}
		v.report, v.err = f.source.Report(context.Background())
		if v.err == nil && f.view.listErr == nil && f.listed(v.report.Dumps) {
			v.entries = f.view.entries
		} else {
			v.entries, v.listErr = f.source.dumps()
		}
		f.view, f.at, f.took = v, now, time.Since(now)
	}
	return f.view, f.view.err
}

// service is the service's name as of the last look; "" where it is not known.
func (f *latest) service() string {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.view.report == nil {
		return ""
	}
	return f.view.report.Service
}

// listed says whether these are the dumps of the last look: what is known of each
// stands in a file of its own, which does not change.
func (f *latest) listed(files []dump.File) bool {
	return slices.EqualFunc(files, f.view.entries, func(file dump.File, e dump.Entry) bool { return file == e.File })
}

// forget makes the next look a fresh one.
func (f *latest) forget() {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.at = time.Time{}
}

// comparison is the way to what changed between the first and the last heap profile of
// the process; empty where there are not two.
func (f *latest) comparison(v view) string {
	if first, last, ok := f.firstAndLast(v); ok {
		return compareURL(first, last, compare.Line)
	}
	return ""
}

// firstAndLast are the names of the first and the last heap profile that the process
// wrote; false where there are not two.
func (f *latest) firstAndLast(v view) (first, last string, ok bool) {
	for i := range v.entries {
		if !f.source.wrote(&v.entries[i], v.report) {
			continue
		}
		if first == "" {
			first = nameOf(&v.entries[i])
		} else {
			last = nameOf(&v.entries[i])
		}
	}
	return first, last, last != ""
}

// host tells apart processes that share a folder: in containers all have the same
// number.
var host = sync.OnceValue(func() string {
	name, _ := os.Hostname()
	return name
})
