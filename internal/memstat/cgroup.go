package memstat

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"math"
	"os"
	"path"
	"path/filepath"
	"strconv"
	"strings"
)

const (
	// maxKernelFile is how much of a file of the kernel is read, in bytes: memory.stat
	// has 4 KiB, mountinfo of a machine with a thousand containers 2 MiB.
	maxKernelFile = 4 << 20
	// maxLevels is how many cgroups on the way to the root are looked at.
	maxLevels = 32
	// unset is from which number on a limit is none: cgroup v1 and GOMEMLIMIT say
	// "none" by a number that is too large for any machine.
	unset = math.MaxInt64 / 2
)

// errNoCgroup says that this process's cgroup, and with it a container's limit,
// cannot be seen.
var errNoCgroup = errors.New("no cgroup file system with memory is mounted, so that the limit of a container is not known: mount /sys/fs/cgroup, or set GOMEMLIMIT")

// cgroup is one of the cgroups whose limits apply to this process.
type cgroup struct {
	dir string
	v2  bool
	own bool // the one that the process itself is in
}

// findCgroups returns the memory cgroups of this process, its own first and the one
// nearest to the root last, of cgroup v2 and of v1: a machine can have both mounted.
// proc is /proc/self, and root a folder that all paths lie in ("" but for tests).
func findCgroups(proc, root string) ([]cgroup, error) {
	paths, err := readKernelFile(filepath.Join(proc, "cgroup"))
	if err != nil {
		return nil, fmt.Errorf("find this process's cgroup: %w", err)
	}
	mounts, err := readKernelFile(filepath.Join(proc, "mountinfo"))
	if err != nil {
		return nil, fmt.Errorf("find this process's cgroup: %w", err)
	}
	v2, v1 := parseCgroupPaths(paths)
	var found []cgroup
	mounted := false
	for _, mount := range parseCgroupMounts(mounts) {
		own := v1
		if mount.v2 {
			own = v2
		}
		if own != "" {
			found = append(found, mount.levels(own, root)...)
			mounted = mounted || mount.countsMemory(root)
		}
	}
	if len(found) == 0 && !mounted {
		return nil, errNoCgroup
	}
	return found, nil
}

// parseCgroupPaths returns the path of this process in cgroup v2, and in the memory
// hierarchy of v1, from /proc/self/cgroup (cgroups(7)); "" where it has none.
func parseCgroupPaths(text []byte) (v2, v1 string) {
	for line := range strings.Lines(string(text)) {
		fields := strings.SplitN(strings.TrimSuffix(line, "\n"), ":", 3)
		if len(fields) < 3 || !strings.HasPrefix(fields[2], "/") {
			continue
		}
		switch {
		case fields[0] == "0" && fields[1] == "":
			v2 = fields[2]
		case hasWord(fields[1], "memory"):
			v1 = fields[2]
		}
	}
	return v2, v1
}

// cgroupMount is where a hierarchy is mounted, and which of its cgroups that shows.
type cgroupMount struct {
	root, point string
	v2          bool
}

// parseCgroupMounts takes the hierarchies that can have memory limits from
// /proc/self/mountinfo (proc_pid_mountinfo(5)).
func parseCgroupMounts(text []byte) (mounts []cgroupMount) {
	for line := range strings.Lines(string(text)) {
		before, after, ok := strings.Cut(strings.TrimSuffix(line, "\n"), " - ")
		fields, kinds := strings.Fields(before), strings.Fields(after)
		if !ok || len(fields) < 5 || len(kinds) < 1 {
			continue
		}
		v2 := kinds[0] == "cgroup2"
		v1 := kinds[0] == "cgroup" && len(kinds) > 2 && hasWord(kinds[2], "memory")
		if v2 || v1 {
			mounts = append(mounts, cgroupMount{root: unescapeMount(fields[3]), point: unescapeMount(fields[4]), v2: v2})
		}
	}
	return mounts
}

func hasWord(list, word string) bool {
	for w := range strings.SplitSeq(list, ",") {
		if w == word {
			return true
		}
	}
	return false
}

// unescapeMount undoes what the kernel does to blanks, tabs, line feeds and
// backslashes in paths.
func unescapeMount(s string) string {
	return strings.NewReplacer(`\040`, " ", `\011`, "\t", `\012`, "\n", `\134`, `\`).Replace(s)
}

// levels are the cgroups from own up to the mount's, of those that count memory. Where
// own is not below what is mounted, as seen from another namespace, the mount's
// is all that can be seen.
func (m *cgroupMount) levels(own, root string) (levels []cgroup) {
	point := filepath.Join(root, m.point)
	below := "."
	if rest, ok := strings.CutPrefix(own, strings.TrimSuffix(m.root, "/")); ok && (rest == "" || rest[0] == '/') {
		below = path.Clean("/" + rest)[1:]
	}
	if _, err := os.Stat(filepath.Join(point, below)); err != nil {
		below = "."
	}
	for i := range maxLevels {
		c := cgroup{dir: filepath.Join(point, below), v2: m.v2, own: i == 0}
		if _, err := os.Stat(filepath.Join(c.dir, c.name("memory.current", "memory.usage_in_bytes"))); err == nil {
			levels = append(levels, c)
		}
		if below == "." || below == "" {
			break
		}
		below = path.Dir(below)
	}
	return levels
}

// countsMemory says whether memory can be limited in the hierarchy: a process in the
// root of cgroup v2 has no files that say so.
func (m *cgroupMount) countsMemory(root string) bool {
	controllers, err := readKernelFile(filepath.Join(root, m.point, "cgroup.controllers"))
	return err == nil && hasWord(strings.Join(strings.Fields(string(controllers)), ","), "memory")
}

func (c *cgroup) name(v2, v1 string) string {
	if c.v2 {
		return v2
	}
	return v1
}

// cgroupMemory is what a cgroup may use and uses, in bytes.
type cgroupMemory struct {
	max  int64 // above it the kernel kills; 0 for none
	high int64 // above it the kernel slows the processes down; 0 for none
	used int64 // by all of its processes, without file pages that are not in active use
}

// read reads a cgroup. A file that is not there means no limit; one that says nothing
// sensible is an error.
func (c *cgroup) read() (m cgroupMemory, err error) {
	var errs []error
	number := func(name string, needed bool) int64 {
		text, err := readKernelFile(filepath.Join(c.dir, name))
		if errors.Is(err, fs.ErrNotExist) && !needed {
			return 0
		}
		n, ok := parseCgroupNumber(text)
		if err == nil && !ok {
			err = fmt.Errorf("%s: want a number or max, got %q", filepath.Join(c.dir, name), text[:min(len(text), 64)])
		}
		if err != nil {
			errs = append(errs, fmt.Errorf("read the cgroup's memory: %w", err))
		}
		return n
	}
	m.max = number(c.name("memory.max", "memory.limit_in_bytes"), false)
	if c.v2 {
		m.high = number("memory.high", false)
	}
	if m.max == 0 && m.high == 0 && (c.v2 || !c.own) {
		return m, errors.Join(errs...) // the rest takes the kernel most of the time
	}
	m.used = number(c.name("memory.current", "memory.usage_in_bytes"), true)
	stat, err := readKernelFile(filepath.Join(c.dir, "memory.stat"))
	if err == nil {
		inactive, _ := parseCgroupStat(stat, c.name("inactive_file", "total_inactive_file"))
		m.used = max(1, m.used-inactive)
		// In v1, a parent that cannot be seen from here shows only so.
		if limit, ok := parseCgroupStat(stat, "hierarchical_memory_limit"); ok && limit < unset && (m.max == 0 || limit < m.max) {
			m.max = limit
		}
	}
	return m, errors.Join(errs...)
}

// parseCgroupNumber reads the only number of a file; 0 for "max" and for what is too
// large to be a limit. A limit of nothing counts as one byte.
func parseCgroupNumber(text []byte) (n int64, ok bool) {
	text = bytes.TrimSpace(text)
	if string(text) == "max" {
		return 0, true
	}
	u, err := strconv.ParseUint(string(text), 10, 64)
	if err != nil {
		return 0, false
	}
	if u >= unset {
		return 0, true
	}
	return int64(max(1, u)), true
}

// parseCgroupStat finds a number by its name, in a file of lines like "anon 4096".
func parseCgroupStat(text []byte, name string) (n int64, ok bool) {
	for line := range bytes.Lines(text) {
		rest, found := bytes.CutPrefix(line, []byte(name))
		if !found || len(rest) == 0 || rest[0] != ' ' {
			continue
		}
		u, err := strconv.ParseUint(string(bytes.TrimSpace(rest)), 10, 64)
		return int64(min(u, math.MaxInt64)), err == nil
	}
	return 0, false
}

// readKernelFile reads a file that has no size of its own.
func readKernelFile(name string) ([]byte, error) {
	file, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	return io.ReadAll(io.LimitReader(file, maxKernelFile))
}
