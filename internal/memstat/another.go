package memstat

import (
	"errors"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/otelmem/otelmem-go/internal/textfmt"
)

// Another reads the resident set of another process of this machine. It is not safe for
// concurrent use.
type Another struct{ source *processSource }

// OpenAnother finds a process by its pid.
func OpenAnother(pid int) (*Another, error) {
	source, err := newProcessSource(pid)
	if err != nil {
		return nil, err
	}
	return &Another{source}, nil
}

// Read returns the resident set and the part of it that is backed by files, in bytes.
// It fails once the process has ended.
func (p *Another) Read() (rss, shared int64, err error) {
	rss, shared, err = p.source.read()
	if err == nil && rss == 0 {
		err = errors.New("the process has ended")
	}
	return rss, shared, err
}

// Close ends it.
func (p *Another) Close() error { return p.source.close() }

// LimitOf returns the memory limit of another process: GOMEMLIMIT as it was started
// with, or that of its cgroup, whichever is lower. It is known on Linux alone.
func LimitOf(pid int) Limit { return limitOf("/", pid) }

func limitOf(root string, pid int) Limit {
	process := filepath.Join(root, "proc", strconv.Itoa(pid))
	return lowerLimit(environLimit(process), cgroupLimit(filepath.Join(root, "sys/fs/cgroup"), process))
}

// environLimit is GOMEMLIMIT in a process's environment; 0 for none.
func environLimit(process string) uint64 {
	environ, _ := os.ReadFile(filepath.Join(process, "environ"))
	for setting := range strings.SplitSeq(string(environ), "\x00") {
		if value, ok := strings.CutPrefix(setting, "GOMEMLIMIT="); ok {
			if bytes, err := textfmt.ParseSize(value); err == nil && bytes > 0 {
				return uint64(bytes)
			}
		}
	}
	return 0
}

// cgroupLimit is the lowest limit on the way from a process's cgroup to the root, as
// seen from here and, where it is in a container, as it sees it itself; 0 for none.
func cgroupLimit(mounted, process string) (lowest uint64) {
	take := func(file string) {
		text, err := os.ReadFile(file)
		if err != nil {
			return
		}
		limit, err := strconv.ParseUint(strings.TrimSpace(string(text)), 10, 64)
		if err == nil && limit > 0 && (lowest == 0 || limit < lowest) {
			lowest = limit
		}
	}
	groups, _ := os.ReadFile(filepath.Join(process, "cgroup"))
	for line := range strings.Lines(string(groups)) {
		// hierarchy:controllers:path, cgroups(7).
		parts := strings.SplitN(strings.TrimSpace(line), ":", 3)
		if len(parts) < 3 {
			continue
		}
		top, file := mounted, "memory.max"
		switch {
		case strings.Contains(","+parts[1]+",", ",memory,"):
			top, file = filepath.Join(mounted, "memory"), "memory.limit_in_bytes"
		case parts[1] != "":
			continue
		}
		for group := filepath.Clean("/" + parts[2]); ; group = filepath.Dir(group) {
			take(filepath.Join(top, group, file))
			if group == "/" {
				break
			}
		}
	}
	own := filepath.Join(process, "root/sys/fs/cgroup")
	take(filepath.Join(own, "memory.max"))
	take(filepath.Join(own, "memory/memory.limit_in_bytes"))
	return lowest
}
