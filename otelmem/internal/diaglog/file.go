package diaglog

import (
	"fmt"
	"io"
	"log/slog"
	"sync"
	"time"

	"github.com/otelmem/otelmem-go/otelmem/internal/health"
)

// partFile names the file among the parts of the diagnostics.
const partFile = "log file"

// file is the log file as a part that can be off: while it cannot be written, each
// record tries again.
type file struct {
	rotating rotating
	parts    *health.Parts
	stderr   io.Writer

	mu     sync.Mutex
	closed bool
	failed time.Time // when the file turned off; zero: it works
	lost   int       // records since then
	warned bool      // on stderr
}

func (f *file) open() {
	f.mu.Lock()
	defer f.mu.Unlock()
	if err := f.rotating.Open(); err != nil {
		f.fail(err)
	}
}

func (f *file) write(r record) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.closed {
		return
	}
	if !f.failed.IsZero() {
		restored := f.restored()
		if _, err := f.rotating.Write(restored.line()); err != nil {
			f.lost++
			return
		}
		f.failed, f.lost = time.Time{}, 0
		f.parts.Restore(partFile)
	}
	if _, err := f.rotating.Write(r.line()); err != nil {
		f.fail(err)
		f.lost++
	}
}

// fail turns the part off, and says so where an operator looks when there is no
// log. It needs the lock.
func (f *file) fail(err error) {
	reason := fmt.Sprintf("write the diagnostic log %s: %v", f.rotating.path, err)
	f.failed = time.Now()
	f.parts.Disable(partFile, reason)
	if !f.warned {
		f.warned = true
		_, _ = fmt.Fprintf(f.stderr, "otelmem: %s; it is tried again with each record\n", reason)
	}
}

// restored says in the file what it lacks.
func (f *file) restored() record {
	return info(kindRestored, fmt.Sprintf("The log is written again; it lacks %d records since %s", f.lost, f.failed.UTC().Format(timeLayout)),
		slog.String("part", partFile), slog.Int("lost", f.lost))
}

func (f *file) close() error {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.closed = true
	if err := f.rotating.Close(); err != nil {
		return fmt.Errorf("close the diagnostic log: %w", err)
	}
	return nil
}
