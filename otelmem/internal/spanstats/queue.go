package spanstats

import (
	"fmt"
	"sync"
	"time"

	"github.com/otelmem/otelmem-go/spanhook"
)

const (
	// maxQueued is how many ended spans may wait to be counted.
	maxQueued = 4096
	// wakeAt is how many must wait until somebody is woken for them. Fewer are counted
	// when somebody looks: to wake a goroutine costs many times what a span does.
	wakeAt = 512
	// maxCounting is how long anybody waits for a batch to be counted: it takes
	// milliseconds, unless others' code in it hangs.
	maxCounting = 2 * time.Second
	// queueBytes is about what a full queue holds: pointers, twice.
	queueBytes = 2 * 8 * maxQueued
)

// Queue takes ended spans from the goroutines that end them, which only append
// to a list, and gives them to be counted in batches. Nothing is lost: a caller
// that finds the list full counts it itself. Only where counting does not return,
// since others' code in it hangs, what ends meanwhile is dropped. It is safe for
// concurrent use.
type Queue struct {
	count   func(*spanhook.Growth) // called by one goroutine at a time; no I/O
	onStall func(reason string)    // counting hangs, or ("") it does no longer

	mu      sync.Mutex
	waiting []*spanhook.Growth
	stalled bool // counting did not return in time, and still has not

	counting chan struct{} // a semaphore, held while a batch is counted
	spare    []*spanhook.Growth

	wake chan struct{}
}

func newQueue(count func(*spanhook.Growth)) *Queue {
	return &Queue{count: count, onStall: func(string) {}, counting: make(chan struct{}, 1), wake: make(chan struct{}, 1)}
}

// Put is called at each span's end.
func (q *Queue) Put(g *spanhook.Growth) {
	q.mu.Lock()
	if q.stalled && len(q.waiting) >= maxQueued {
		q.mu.Unlock()
		return
	}
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
// span that ended before the call is counted, unless counting hangs.
func (q *Queue) Drain() int {
	if !q.begin() {
		return 0
	}
	defer q.end()
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

// begin waits for the turn to count; it is false where that takes too long.
func (q *Queue) begin() bool {
	select {
	case q.counting <- struct{}{}:
		return true
	default:
	}
	q.mu.Lock()
	stalled := q.stalled
	q.mu.Unlock()
	if stalled {
		return false
	}
	patience := time.NewTimer(maxCounting)
	defer patience.Stop()
	select {
	case q.counting <- struct{}{}:
		return true
	case <-patience.C:
		q.setStalled(true)
		return false
	}
}

func (q *Queue) end() {
	q.setStalled(false)
	<-q.counting
}

// setStalled reports a change.
func (q *Queue) setStalled(stalled bool) {
	q.mu.Lock()
	changed := q.stalled != stalled
	q.stalled = stalled
	q.mu.Unlock()
	switch {
	case !changed:
	case stalled:
		q.onStall(fmt.Sprintf("counting spans takes longer than %v: spans that end meanwhile are not counted", maxCounting))
	default:
		q.onStall("")
	}
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
