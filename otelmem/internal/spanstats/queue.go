package spanstats

import (
	"sync"

	"github.com/otelmem/otelmem-go/spanhook"
)

const (
	// maxQueued is how many ended spans may wait to be counted.
	maxQueued = 4096
	// wakeAt is how many must wait until somebody is woken for them. Fewer are counted
	// when somebody looks: to wake a goroutine costs many times what a span does.
	wakeAt = 512
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
	case n == wakeAt:
		select {
		case q.wake <- struct{}{}:
		default:
		}
	}
}

// Drain counts all that waits, and returns how many that were. When it returns, every
// span that ended before the call is counted.
func (q *Queue) Drain() int {
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
	return len(batch)
}

// Run counts whenever many wait, until stop is closed. The few that wait in a quiet
// service are for others to [Queue.Drain], before they look.
func (q *Queue) Run(stop <-chan struct{}) {
	for {
		select {
		case <-stop:
			q.Drain()
			return
		case <-q.wake:
			q.Drain()
		}
	}
}
