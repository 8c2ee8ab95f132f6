package attribution

import (
	"github.com/otelmem/otelmem-go/internal/goroutines"
	"github.com/otelmem/otelmem-go/internal/heapprofile"
	"github.com/otelmem/otelmem-go/internal/memstat"
)

// Reading is what was read of a process at one time. Heap is nil where HeapErr is not.
type Reading struct {
	Heap          *heapprofile.Profile
	HeapErr       error
	Goroutines    goroutines.Reading
	GoroutinesErr error
}

// read reads this process, its goroutines within the room that is left below the
// limit. A soft limit counts too: it is read often, and would keep the collector busy.
func (t *Tracker) read(now memstat.Snapshot) (r Reading) {
	r.Heap, r.HeapErr = t.reader.Read(t.relearn())
	limit, _ := memstat.ReadLimit(now)
	room := limit.Room(now.RSS)
	if limit.Bytes > 0 {
		room = min(room, limit.Bytes-limit.Use(now.RSS))
	}
	r.Goroutines, r.GoroutinesErr = goroutines.Read(room)
	return r
}
