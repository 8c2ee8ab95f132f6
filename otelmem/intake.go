package otelmem

import (
	"sync"
	"time"

	"github.com/otelmem/otelmem-go/spanhook"
)

const (
	// intakeBound is how many ended spans may wait to be counted.
	intakeBound = 4096
	// intakeDelay is how long the first one waits for company.
	intakeDelay = 20 * time.Millisecond
	// intakeBytes is about what a full list holds: pointers, twice.
	intakeBytes = 2 * 8 * intakeBound
)

// intake takes ended spans from the goroutines that end them, which only append
// to a list, and gives them to count in batches. Nothing is lost: a caller that
// finds the list full counts it itself. It is safe for concurrent use.
type intake struct {
	count func(*spanhook.Growth) // called by one goroutine at a time; no I/O

	mu      sync.Mutex
	waiting []*spanhook.Growth

	counting sync.Mutex // held while a batch is counted
	spare    []*spanhook.Growth

	wake chan struct{}
}

func newIntake(count func(*spanhook.Growth)) *intake {
	return &intake{count: count, wake: make(chan struct{}, 1)}
}

// put is called at each span's end.
func (in *intake) put(g *spanhook.Growth) {
	in.mu.Lock()
	in.waiting = append(in.waiting, g)
	n := len(in.waiting)
	in.mu.Unlock()
	switch {
	case n >= intakeBound:
		in.drain()
	case n == 1, n == intakeBound/2:
		select {
		case in.wake <- struct{}{}:
		default:
		}
	}
}

// drain counts all that waits. When it returns, every span that ended before
// the call is counted.
func (in *intake) drain() {
	in.counting.Lock()
	defer in.counting.Unlock()
	in.mu.Lock()
	batch := in.waiting
	in.waiting = in.spare
	in.mu.Unlock()
	for i, g := range batch {
		in.count(g)
		batch[i] = nil
	}
	in.spare = batch[:0]
}

// run drains until stop is closed. An idle service costs nothing: the first
// span that waits wakes it.
func (in *intake) run(stop <-chan struct{}) {
	timer := time.NewTimer(intakeDelay)
	defer timer.Stop()
	for {
		select {
		case <-stop:
			in.drain()
			return
		case <-in.wake:
		}
		timer.Reset(intakeDelay)
		select {
		case <-stop:
		case <-in.wake: // half full
		case <-timer.C:
		}
		in.drain()
	}
}
