package diaglog

import "sync"

// maxWaiting is how many lines about single operations may wait to be written.
const maxWaiting = 256

// waiting holds lines that a request must not wait for, until the log's goroutine
// writes them. Beyond its bound they are only counted. The zero value is ready; it is
// safe for concurrent use.
type waiting struct {
	mu      sync.Mutex
	lines   []string
	dropped int
}

func (w *waiting) put(line string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if len(w.lines) >= maxWaiting {
		w.dropped++
		return
	}
	w.lines = append(w.lines, line)
}

func (w *waiting) take() (lines []string, dropped int) {
	w.mu.Lock()
	defer w.mu.Unlock()
	lines, dropped = w.lines, w.dropped
	w.lines, w.dropped = nil, 0
	return lines, dropped
}
