package heapprofile

import (
	"errors"
	"fmt"
	"runtime"
	"runtime/metrics"
	"sync"

	"github.com/otelmem/otelmem-go/internal/textfmt"
)

// ErrRateChanged is wrapped by the errors of a [Reader] once the sampling rate was
// not what it was. Samples do not say at which rate they were taken: all figures
// would be wrong, by up to the ratio of both rates.
var ErrRateChanged = errors.New("the heap profile mixes two sampling rates: set runtime.MemProfileRate once, where the program starts, and restart it")

// Reader reads the heap profile again and again while the sampling rate is that of
// its first reading. Once it is not, every reading is an error. The zero value is
// ready; it is safe for concurrent use.
type Reader struct {
	mu   sync.Mutex
	rate int // runtime.MemProfileRate at the first reading; 0 before it
	off  error
}

// Read is [Read], or an error that wraps [ErrRateChanged].
func (r *Reader) Read(owners Owners) (*Profile, error) {
	if err := r.check(runtime.MemProfileRate); err != nil {
		return nil, err
	}
	p, err := Read(owners)
	if err != nil {
		return nil, err
	}
	// It can have changed and changed back between two readings, or meanwhile.
	if err := errors.Join(r.check(runtime.MemProfileRate), r.doubt(p)); err != nil {
		return nil, err
	}
	return p, nil
}

// check compares the rate with that of the first reading.
func (r *Reader) check(rate int) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.rate == 0 {
		r.rate = rate
	}
	if r.off == nil && rate != r.rate {
		r.off = fmt.Errorf("runtime.MemProfileRate was %d and is %d: %w", r.rate, rate, ErrRateChanged)
	}
	return r.off
}

// doubt turns the reader off where more is live, by far more than sampling explains,
// than the heap ever had room for.
func (r *Reader) doubt(p *Profile) error {
	total := p.Total()
	room := heapRoom()
	if total.Live-5*total.Error <= float64(room) {
		return nil
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.off == nil {
		r.off = fmt.Errorf("by its samples %s are live in a heap of %s: %w", textfmt.Size(int64(total.Live)), textfmt.Size(room), ErrRateChanged)
	}
	return r.off
}

// heapRoom is the memory, in bytes, that the heap was ever given, whether or not it
// was returned since: the most that can have been live in any cycle.
func heapRoom() (bytes int64) {
	samples := []metrics.Sample{
		{Name: "/memory/classes/heap/objects:bytes"},
		{Name: "/memory/classes/heap/unused:bytes"},
		{Name: "/memory/classes/heap/free:bytes"},
		{Name: "/memory/classes/heap/released:bytes"},
	}
	metrics.Read(samples)
	for _, s := range samples {
		bytes += int64(s.Value.Uint64())
	}
	return bytes
}
