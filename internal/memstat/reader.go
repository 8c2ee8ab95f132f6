package memstat

import (
	"fmt"
	"sync"
	"time"
)

// Reader takes snapshots of this process. It is safe for concurrent use.
type Reader struct {
	base      time.Time // when it was made; durations are since then
	published published

	mu            sync.Mutex // guards what follows
	last          Snapshot
	runtime       *runtimeSource
	process       *processSource // nil where the system has no figures
	processErr    error
	runtimeBudget budget
	processBudget budget
	usedCPU       time.Duration // by this process, at usedAt
	usedAt        time.Duration // since base
}

// measureCPU is how long the CPU time of the process is measured for the budgets.
const measureCPU = time.Second

// minCores is what a process counts as that does next to nothing.
const minCores = 0.005

// NewReader returns a Reader that has read once. resolution is the least time
// between two reads for [Reader.Reading]; 0 spaces them by a budget: a share of the
// CPU time that the process itself uses. An error says that the resident set cannot
// be read; the Reader works without it.
func NewReader(resolution time.Duration) (*Reader, error) {
	r := &Reader{
		base:    time.Now(),
		runtime: newRuntimeSource(),
		// Until the first second is measured the process counts as one busy core.
		runtimeBudget: budget{every: resolution, share: runtimeShare, credit: runtimeCredit, maxAge: runtimeMaxAge, cores: 1},
		processBudget: budget{every: resolution, share: processShare, credit: processCredit, maxAge: processMaxAge, cores: 1},
	}
	var err error
	r.process, err = newProcessSource(thisProcess)
	r.processErr = err
	r.Fresh()
	return r, r.ProcessError()
}

// refresh reads if the budget allows and nobody else is reading. It returns
// the time since r.base.
func (r *Reader) refresh() time.Duration {
	now := time.Since(r.base)
	if r.runtimeBudget.allow(now) && r.mu.TryLock() {
		now = r.read(now, r.processBudget.allow(now), (*budget).spend)
		r.mu.Unlock()
	}
	return now
}

// Fresh reads everything now, whatever the budget says. It waits while another
// caller reads, some microseconds at most: it is for background work.
func (r *Reader) Fresh() Snapshot {
	r.mu.Lock()
	defer r.mu.Unlock()
	now := time.Since(r.base)
	if now-r.usedAt >= measureCPU {
		r.noteCPU(now)
	}
	r.read(now, true, (*budget).background)
	return r.last
}

// noteCPU tells the budgets how busy the process is. Callers hold r.mu.
func (r *Reader) noteCPU(now time.Duration) {
	if r.process == nil {
		return
	}
	used, err := r.process.cpu()
	if err != nil {
		return // the budgets stay as they are
	}
	cores := max(minCores, (used-r.usedCPU).Seconds()/(now-r.usedAt).Seconds())
	r.usedCPU, r.usedAt = used, now
	r.runtimeBudget.cores, r.processBudget.cores = cores, cores
}

// ProcessError is why RSS and External are unknown, nil where they are known.
func (r *Reader) ProcessError() error {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.processErr
}

// Close closes the file of the process source. Reads after it keep the last RSS.
func (r *Reader) Close() error {
	r.mu.Lock()
	defer r.mu.Unlock()
	process := r.process
	if process == nil {
		return nil
	}
	r.process = nil
	if err := process.close(); err != nil {
		return fmt.Errorf("close the reader of process memory: %w", err)
	}
	return nil
}

// read refreshes and publishes r.last, charges the budgets, and returns when it was done.
// Callers hold r.mu.
func (r *Reader) read(now time.Duration, withProcess bool, charge func(b *budget, now, cost time.Duration)) time.Duration {
	var rss, shared int64
	start := now
	if withProcess && r.process != nil {
		var err error
		rss, shared, err = r.process.read()
		r.processErr = err
		withProcess = err == nil
		end := time.Since(r.base)
		charge(&r.processBudget, start, end-start)
		start = end
	}
	// The runtime's figures come right after the system's, so that External is
	// the difference of two readings of the same moment.
	r.runtime.read(&r.last)
	end := time.Since(r.base)
	charge(&r.runtimeBudget, start, end-start)
	r.last.Time = r.base.Add(end)
	if withProcess && r.process != nil {
		r.last.ProcessTime = r.last.Time
		r.last.RSS, r.last.FileBacked = rss, shared
		r.last.External = External(rss, shared, r.last.GoResident)
	}
	r.published.store(&Reading{
		Taken:       end,
		HeapObjects: r.last.HeapObjects,
		Allocated:   r.last.Allocated,
		GCCycles:    r.last.GCCycles,
		RSS:         r.last.RSS,
		External:    r.last.External,
	})
	return end
}

// External is the resident memory in bytes that is neither backed by files nor the
// Go runtime's. What Go has from the system need not be resident: then it is 0.
func External(rss, shared, goResident int64) int64 { return max(0, rss-shared-goResident) }
