package spanstats

import (
	"sync"
	"time"

	"github.com/otelmem/otelmem-go/spanhook"
)

const (
	// maxQueued is how many ended spans may wait to be counted.
	maxQueued = 4096
	// drainDelay is how long the first one waits for company.
	drainDelay = 20 * time.Millisecond
	// queueBytes is about what a full queue holds: pointers, twice.
	queueBytes = 2 * 8 * maxQueued
)

// Queue takes ended spans from the goroutines that end them, which only append
// to a list, and gives them to be counted in batches. Nothing is lost: a caller
// that finds the list full counts it itself. It is safe for concurrent use.
type Queue struct {
	count func(*spanhook.Growth) // called by one goroutine at a time; no I/O

	mu      sync.Mutex
	waiting []*spanhook.Growth

	counting sync.Mutex // held while a batch is counted
	spare    []*spanhook.Growth

	wake chan struct{}
}

func newQueue(count func(*spanhook.Growth)) *Queue {
	return &Queue{count: count, wake: make(chan struct{}, 1)}
}

// Put is called at each span's end.
func (q *Queue) Put(g *spanhook.Growth) {
	q.mu.Lock()
	q.waiting = append(q.waiting, g)
	n := len(q.waiting)
	q.mu.Unlock()
	switch {
	case n >= maxQueued:
		q.Drain()
	case n == 1, n == maxQueued/2:
		select {
		case q.wake <- struct{}{}:
		default:
		}
	}
}

// Drain counts all that waits. When it returns, every span that ended before
// the call is counted.
func (q *Queue) Drain() {
	q.counting.Lock()
	defer q.counting.Unlock()
	q.mu.Lock()
	batch := q.waiting
	q.waiting = q.spare
	q.mu.Unlock()
	for i, g := range batch {
		q.count(g)
		batch[i] = nil
	}
	q.spare = batch[:0]
}

// Run drains until stop is closed. An idle service costs nothing: the first
// span that waits wakes it.
func (q *Queue) Run(stop <-chan struct{}) {
	timer := time.NewTimer(drainDelay)
	defer timer.Stop()
	for {
		select {
		case <-stop:
			q.Drain()
			return
		case <-q.wake:
		}
		timer.Reset(drainDelay)
		select {
		case <-stop:
		case <-q.wake: // half full
		case <-timer.C:
		}
		q.Drain()
	}
}
