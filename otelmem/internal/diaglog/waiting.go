package diaglog

import "sync"

// maxWaiting is how many records about single operations may wait to be written.
const maxWaiting = 256

// waiting holds records that a request must not wait for, until the log's goroutine
// writes them. Beyond its bound they are only counted. The zero value is ready; it is
// safe for concurrent use.
type waiting struct {
	mu      sync.Mutex
	records []record
	dropped int
}

func (w *waiting) put(r record) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if len(w.records) >= maxWaiting {
		w.dropped++
		return
	}
	w.records = append(w.records, r)
}

func (w *waiting) take() (records []record, dropped int) {
	w.mu.Lock()
	defer w.mu.Unlock()
	records, dropped = w.records, w.dropped
	w.records, w.dropped = nil, 0
	return records, dropped
}
