package process

import (
	"slices"
	"sync"
	"time"

	"github.com/otelmem/otelmem-go/internal/memstat"
	"github.com/otelmem/otelmem-go/internal/stats"
	"github.com/otelmem/otelmem-go/otelmem/report"
)

const (
	// maxPoints is how many points of the process's memory are kept.
	maxPoints = 600
	// HistoryBytes is about how much memory they take.
	HistoryBytes = 56 * maxPoints
)

// History keeps a bounded number of points of the process's memory: a second apart
// where they are new, the further apart the older they are. The zero value is ready;
// it is safe for concurrent use.
type History struct {
	mu     sync.Mutex
	points []report.MemoryPoint
}

// Add appends a point; where there is no room, an old one goes.
func (h *History) Add(s memstat.Snapshot) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if len(h.points) == maxPoints {
		h.points = stats.Thin(h.points, func(p *report.MemoryPoint) time.Time { return p.Time })
	}
	h.points = append(h.points, report.MemoryPoint{Time: s.Time, RSS: s.RSS, Heap: s.HeapObjects, Live: s.Live, External: s.External})
}

// Points returns the points, the oldest first.
func (h *History) Points() []report.MemoryPoint {
	h.mu.Lock()
	defer h.mu.Unlock()
	return slices.Clone(h.points)
}
