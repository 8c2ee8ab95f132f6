package memstat

import (
	"errors"
	"io/fs"
	"math"
	"runtime"
	"runtime/metrics"
	"sync"
	"time"
)

// Sources of a [Limit].
const (
	SourceRuntime = "GOMEMLIMIT"
	SourceCgroup  = "cgroup"
	// SourceHigh is memory.high of cgroup v2: above it the kernel slows the processes
	// down and takes memory back, and kills none.
	SourceHigh = "cgroup memory.high"
)

// Limit is what limits the memory of this process, at one instant, in bytes. Two
// kinds are kept apart: near a soft one (GOMEMLIMIT, memory.high) a process gets
// slow, above a hard one it is killed.
type Limit struct {
	// Bytes is the limit that matters most now, hard or soft; 0 when there is none. It
	// is the lowest, or one that is at least half full and fuller.
	Bytes int64
	// Source says where Bytes comes from; empty when there is none.
	Source string
	// Used is what counts against Bytes, of all processes that share it, without file
	// pages that the kernel can drop. 0: what this process uses itself.
	Used int64
	// Hard is the hard limit with the least room; 0 when there is none. HardUsed is
	// what counts against it, as Used.
	Hard, HardUsed int64
}

// Use is what counts against Bytes, of which own is this process's part.
func (l Limit) Use(own int64) int64 {
	if l.Used > 0 {
		return l.Used
	}
	return own
}

// Room is how many bytes are left below the hard limit, of which the process uses own
// itself; the largest number where there is none.
func (l Limit) Room(own int64) int64 {
	used := own
	if l.HardUsed > 0 {
		used = l.HardUsed
	}
	if l.Hard == 0 {
		return math.MaxInt64
	}
	return l.Hard - used
}

// findAgain is how often the cgroup is looked for: a process can be moved to another,
// and a file system can be mounted later.
const findAgain = 10 * time.Second

// goodFor is for how long what was read of the cgroups is: all that looks at a process
// looks at the same instants, and the kernel takes its time over memory.stat.
const goodFor = 20 * time.Millisecond

// Limits reads the limits of this process again and again: a container can be resized
// while it runs. It is safe for concurrent use.
type Limits struct {
	proc, root string // /proc/self and "", but for tests; proc is "" where there is none
	soft       func() int64
	goodFor    time.Duration

	mu      sync.Mutex
	found   time.Time
	cgroups []cgroup
	err     error

	lastRead  time.Time // of them
	memory    []cgroupMemory
	memoryErr error
}

var ofThisProcess = sync.OnceValue(func() *Limits {
	l := &Limits{soft: runtimeLimit, goodFor: goodFor}
	if runtime.GOOS == "linux" {
		l.proc = "/proc/self"
	}
	return l
})

// ReadLimit reads the limits of this process, of whose memory now is a reading: the
// runtime's (GOMEMLIMIT or debug.SetMemoryLimit) and those of the cgroups that it is
// in, v1 or v2, up to the root. It takes some ten microseconds a cgroup. An error says
// why the cgroup's are not known; the others are returned all the same.
func ReadLimit(now Snapshot) (Limit, error) { return ofThisProcess().read(now) }

func (l *Limits) read(now Snapshot) (Limit, error) {
	candidates := []candidate{{bytes: l.soft(), source: SourceRuntime, used: now.RSS - now.FileBacked}}
	memory, err := l.ofCgroups()
	for _, m := range memory {
		candidates = append(candidates,
			candidate{bytes: m.max, source: SourceCgroup, used: m.used, shared: true},
			candidate{bytes: m.high, source: SourceHigh, used: m.used, shared: true})
	}
	return choose(candidates), err
}

// ofCgroups is what the cgroups may use and use, read again where that is no longer
// good. What it returns is never written to.
func (l *Limits) ofCgroups() ([]cgroupMemory, error) {
	if l.proc == "" {
		return nil, nil
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if now := time.Now(); now.Sub(l.lastRead) >= l.goodFor {
		l.memory, l.memoryErr = l.readCgroups()
		l.lastRead = now
	}
	return l.memory, l.memoryErr
}

// readCgroups needs the lock.
func (l *Limits) readCgroups() (all []cgroupMemory, err error) {
	cgroups, err := l.levels()
	errs := []error{err}
	for i := range cgroups {
		m, err := cgroups[i].read()
		if errors.Is(err, fs.ErrNotExist) {
			l.found = time.Time{} // the process was moved
			continue
		}
		errs = append(errs, err)
		all = append(all, m)
	}
	return all, errors.Join(errs...)
}

// levels are the cgroups, looked for again now and then. It needs the lock.
func (l *Limits) levels() ([]cgroup, error) {
	if now := time.Now(); l.found.IsZero() || now.Sub(l.found) >= findAgain {
		l.cgroups, l.err = findCgroups(l.proc, l.root)
		l.found = now
	}
	return l.cgroups, l.err
}

// candidate is one of the limits that apply.
type candidate struct {
	bytes  int64 // 0 for none
	source string
	used   int64
	shared bool // used is of all processes that it applies to
}

// share is how full it is.
func (c *candidate) share() float64 { return float64(c.used) / float64(c.bytes) }

// matters is from which share on a limit can matter more than a lower one: at half of
// it the first heap profile is written.
const matters = 0.5

// choose picks the limit that matters most, and the hard one with the least room.
func choose(candidates []candidate) (l Limit) {
	var chosen, hard *candidate
	for i := range candidates {
		c := &candidates[i]
		if c.bytes > 0 && (chosen == nil || c.bytes < chosen.bytes) {
			chosen = c
		}
		if c.bytes > 0 && c.source == SourceCgroup && (hard == nil || c.bytes-c.used < hard.bytes-hard.used) {
			hard = c
		}
	}
	for i := range candidates {
		if c := &candidates[i]; c.bytes > 0 && c.share() >= matters && c.share() > chosen.share() {
			chosen = c
		}
	}
	if chosen != nil {
		l.Bytes, l.Source = chosen.bytes, chosen.source
		if chosen.shared {
			l.Used = chosen.used
		}
	}
	if hard != nil {
		l.Hard, l.HardUsed = hard.bytes, hard.used
	}
	return l
}

// lowerLimit is that of a process of which only the limits are known; 0 is none.
func lowerLimit(runtime, cgroup uint64) Limit {
	known := func(bytes uint64) int64 {
		if bytes >= unset {
			return 0
		}
		return int64(bytes)
	}
	return choose([]candidate{
		{bytes: known(runtime), source: SourceRuntime},
		{bytes: known(cgroup), source: SourceCgroup},
	})
}

// runtimeLimit is GOMEMLIMIT; 0 for none.
func runtimeLimit() int64 {
	sample := []metrics.Sample{{Name: "/gc/gomemlimit:bytes"}}
	metrics.Read(sample)
	if v := sample[0].Value; v.Kind() == metrics.KindUint64 && v.Uint64() < unset {
		return int64(v.Uint64())
	}
	return 0
}
