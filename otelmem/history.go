package otelmem

import (
	"slices"
	"sync"
	"time"

	"github.com/otelmem/otelmem-go/internal/memstat"
	"github.com/otelmem/otelmem-go/internal/stats"
	"github.com/otelmem/otelmem-go/internal/verdict"
)

const (
	// historyPoints is how many points of the process's memory are kept.
	historyPoints = 600
	// historyBytes is about what they hold.
	historyBytes = 56 * historyPoints
)

// MemoryPoint is the memory of the process at one time. Bytes.
type MemoryPoint struct {
	Time     time.Time `json:"time"`
	RSS      int64     `json:"rss"`
	Heap     int64     `json:"heap"`
	Live     int64     `json:"live"` // heap after the last GC
	External int64     `json:"external"`
}

// OperationPoint is what the heap profile said of an operation at one time.
// Bytes.
type OperationPoint struct {
	Time time.Time `json:"time"`
	Live int64     `json:"live"`
}

// History is the process's memory since [Diagnostics.Start], the oldest point
// first: 600 points at most, a second apart where they are new, the further
// apart the older they are. It is empty where diagnostics are off.
func (d *Diagnostics) History() []MemoryPoint { return d.history.list() }

// history keeps a bounded number of points. The zero value is ready; it is safe
// for concurrent use.
type history struct {
	mu     sync.Mutex
	points []MemoryPoint
}

func (h *history) add(s memstat.Snapshot) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if len(h.points) == historyPoints {
		h.points = stats.Thin(h.points, func(p *MemoryPoint) time.Time { return p.Time })
	}
	h.points = append(h.points, MemoryPoint{Time: s.Time, RSS: s.RSS, Heap: s.HeapObjects, Live: s.Live, External: s.External})
}

func (h *history) list() []MemoryPoint {
	h.mu.Lock()
	defer h.mu.Unlock()
	return slices.Clone(h.points)
}

// operationPoints is how many points of an operation a report has at most.
const operationPoints = 32

// rateOver is over how long an operation's rate of allocation is taken at least,
// where there is as much.
const rateOver = time.Minute

// courses are the series of what is followed, as reports show them.
func (a *attribution) courses() map[holdingKey]course {
	a.mu.Lock()
	defer a.mu.Unlock()
	courses := make(map[holdingKey]course, len(a.followed))
	for key, h := range a.followed {
		courses[key] = newCourse(h.series.Points())
	}
	return courses
}

// course is how an operation came to where it is.
type course struct {
	points []OperationPoint // none where it never held anything
	rate   float64          // allocated bytes a second
}

func newCourse(points []verdict.Point) course {
	n := len(points)
	if n < 2 {
		return course{}
	}
	var c course
	last := points[n-1]
	for i := n - 2; i >= 0; i-- {
		over := last.Time.Sub(points[i].Time)
		c.rate = max(0, (last.Allocated-points[i].Allocated)/over.Seconds())
		if over >= rateOver {
			break
		}
	}
	if !slices.ContainsFunc(points, func(p verdict.Point) bool { return p.Live > 0 }) {
		return c
	}
	shown := min(n, operationPoints)
	for i := range shown {
		p := points[i*(n-1)/(shown-1)]
		c.points = append(c.points, OperationPoint{Time: p.Time, Live: int64(p.Live)})
	}
	return c
}
