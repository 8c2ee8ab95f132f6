package debugpage

import (
	"sync"
	"time"
)

// rateLimit lets one through at a time, and the next no sooner than an interval after
// the last began. It is safe for concurrent use.
type rateLimit struct {
	interval time.Duration

	mu     sync.Mutex
	inside bool
	last   time.Time
}

// enter says how long to wait, or that another one is inside. A caller that gets
// neither answer is inside, and must call leave.
func (g *rateLimit) enter(now time.Time) (wait time.Duration, busy bool) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.inside {
		return 0, true
	}
	if wait := g.last.Add(g.interval).Sub(now); wait > 0 && !g.last.IsZero() {
		return wait, false
	}
	g.inside, g.last = true, now
	return 0, false
}

func (g *rateLimit) leave() {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.inside = false
}
