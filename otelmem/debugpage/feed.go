package debugpage

import (
	"context"
	"os"
	"sync"
	"time"

	"github.com/otelmem/otelmem-go/dump"
	"github.com/otelmem/otelmem-go/otelmem"
)

// freshFor is how long what was looked up is shown before it is looked up again:
// many open pages cost what one costs.
const freshFor = 900 * time.Millisecond

// listedFor is the same of the list of dumps, which reads a folder.
const listedFor = 3 * time.Second

// feed is what pages look at. It is safe for concurrent use; nothing runs between
// two looks.
type feed struct {
	mem *otelmem.Diagnostics

	mu       sync.Mutex
	at       time.Time
	report   *otelmem.Report // never changed once it is here
	err      error
	listedAt time.Time
	entries  []dump.Entry
	listErr  error
}

// look returns the report of now.
func (f *feed) look() (*otelmem.Report, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if time.Since(f.at) >= freshFor {
		f.report, f.err = f.mem.Report(context.Background())
		f.at = time.Now()
	}
	return f.report, f.err
}

// dumps returns the heap profiles, the oldest first.
func (f *feed) dumps() ([]dump.Entry, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if time.Since(f.listedAt) >= listedFor {
		f.entries, f.listErr = f.mem.Dumps()
		f.listedAt = time.Now()
	}
	return f.entries, f.listErr
}

// forget makes the next look at the dumps a fresh one.
func (f *feed) forget() {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.listedAt, f.at = time.Time{}, time.Time{}
}

// firstAndLast are the names of the first and the last heap profile that this
// process wrote since it began; false where there are not two.
func firstAndLast(entries []dump.Entry, began time.Time) (first, last string, ok bool) {
	for i := range entries {
		if !ours(&entries[i], began) {
			continue
		}
		if first == "" {
			first = nameOf(&entries[i])
		} else {
			last = nameOf(&entries[i])
		}
	}
	return first, last, last != ""
}

// ours says whether this process wrote the dump.
func ours(e *dump.Entry, began time.Time) bool {
	return e.Side.Process == os.Getpid() && !e.Side.Time.Before(began)
}
