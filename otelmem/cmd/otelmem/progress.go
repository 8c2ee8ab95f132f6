package main

import (
	"fmt"
	"io"
	"sync/atomic"
	"time"
)

// progressFrom is how long something may take before it says how far it is, and
// progressEvery how often it says it then.
const (
	progressFrom  = time.Second
	progressEvery = 2 * time.Second
)

// progress says how far something is that takes long. Make it with startProgress; it
// is safe for concurrent use.
type progress struct {
	done    atomic.Int64
	stop    chan struct{}
	stopped chan struct{}
}

// startProgress begins. whole is of what add adds parts; 0 or less where that is not
// known.
func startProgress(messages io.Writer, what string, whole int64) *progress {
	p := &progress{stop: make(chan struct{}), stopped: make(chan struct{})}
	began := time.Now()
	go func() {
		defer close(p.stopped)
		timer := time.NewTimer(progressFrom)
		defer timer.Stop()
		for {
			select {
			case <-p.stop:
				return
			case <-timer.C:
			}
			timer.Reset(progressEvery)
			fmt.Fprintf(messages, "otelmem: %s, %s, %.0f s so far\n", what, share(p.done.Load(), whole), time.Since(began).Seconds())
		}
	}()
	return p
}

func share(done, whole int64) string {
	switch {
	case whole <= 0 && done <= 0:
		return "begun"
	case whole <= 0:
		return fmt.Sprintf("%d bytes", done)
	case whole < 100:
		return fmt.Sprintf("%d of %d done", done, whole)
	default:
		return fmt.Sprintf("%d %%", 100*done/whole)
	}
}

func (p *progress) add(n int64) { p.done.Add(n) }

// end waits until no message comes any more.
func (p *progress) end() {
	close(p.stop)
	<-p.stopped
}

// reader adds what is read of r.
func (p *progress) reader(r io.Reader) io.Reader { return countingReader{r, p} }

type countingReader struct {
	io.Reader
	p *progress
}

func (r countingReader) Read(b []byte) (int, error) {
	n, err := r.Reader.Read(b)
	r.p.add(int64(n))
	return n, err
}
