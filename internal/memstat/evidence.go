package memstat

import (
	"path/filepath"
	"strconv"
	"strings"
)

// Evidence is what the kernel says of memory that ran out.
type Evidence struct {
	// OOMKills is how many processes the kernel has killed for memory, by cgroup, since
	// that was made. It has the cgroups that can be seen.
	OOMKills map[string]int64
	// SomeStalled and FullStalled are in which part of the last ten seconds, in percent,
	// some or all tasks waited for memory (PSI): of the cgroup, or of the machine where
	// the cgroup has no such figure. Both are 0 where nothing says so.
	SomeStalled, FullStalled float64
}

// ReadEvidence reads what there is now.
func ReadEvidence() Evidence { return ofThisProcess().evidence() }

func (l *Limits) evidence() (e Evidence) {
	if l.proc == "" {
		return e
	}
	l.mu.Lock()
	cgroups, err := l.levels()
	l.mu.Unlock()
	if err != nil {
		return e
	}
	for i := range cgroups {
		c := &cgroups[i]
		text, err := readKernelFile(filepath.Join(c.dir, c.name("memory.events", "memory.oom_control")))
		if err != nil {
			continue
		}
		if kills, ok := parseCgroupStat(text, "oom_kill"); ok {
			if e.OOMKills == nil {
				e.OOMKills = make(map[string]int64)
			}
			e.OOMKills[c.dir] = kills
		}
	}
	for i := range cgroups {
		if text, err := readKernelFile(filepath.Join(cgroups[i].dir, "memory.pressure")); err == nil {
			e.SomeStalled, e.FullStalled = parsePressure(text)
			return e
		}
	}
	if text, err := readKernelFile(filepath.Join(l.root, "/proc/pressure/memory")); err == nil {
		e.SomeStalled, e.FullStalled = parsePressure(text)
	}
	return e
}

// parsePressure takes the shares of ten seconds from lines like
// "some avg10=1.50 avg60=0.00 avg300=0.00 total=12".
func parsePressure(text []byte) (some, full float64) {
	for line := range strings.Lines(string(text)) {
		fields := strings.Fields(line)
		if len(fields) < 2 {
			continue
		}
		value, ok := strings.CutPrefix(fields[1], "avg10=")
		percent, err := strconv.ParseFloat(value, 64)
		if !ok || err != nil || !(percent >= 0 && percent <= 100) {
			continue
		}
		switch fields[0] {
		case "some":
			some = percent
		case "full":
			full = percent
		}
	}
	return some, full
}

// KillsSince are the cgroups in which processes were killed for memory between two
// looks, with how many.
func (e Evidence) KillsSince(before map[string]int64) map[string]int64 {
	kills := make(map[string]int64)
	for dir, n := range e.OOMKills {
		if earlier, known := before[dir]; known && n > earlier {
			kills[dir] = n - earlier
		}
	}
	return kills
}
