package dump

import (
	"fmt"
	"os"
	"path/filepath"
	"runtime"

	"github.com/otelmem/otelmem-go/internal/memstat"
)

// What writing a profile costs, by its number of stacks. Measured: 25,000 took
// 13 MB of memory and a 1.3 MB file.
const (
	memoryBase     = 4 * memstat.MiB
	memoryPerStack = 600
	diskBase       = 1 * memstat.MiB
	diskPerStack   = 60
)

// profileStacks is the number of distinct stacks in the heap profile.
func profileStacks() int64 {
	n, _ := runtime.MemProfile(nil, true)
	return int64(n)
}

// shortage says why a profile must not be written now; empty if it may.
func shortage(used int64, limit memstat.Limit, free int64, freeKnown bool, stacks int64) string {
	memory := memoryBase + stacks*memoryPerStack
	if room := limit.Bytes - used; limit.Bytes > 0 && room < memory {
		return fmt.Sprintf("writing it takes about %s of memory and %s are left below the limit",
			memstat.FormatMB(memory), memstat.FormatMB(max(0, room)))
	}
	disk := diskBase + stacks*diskPerStack
	if freeKnown && free < disk {
		return fmt.Sprintf("it takes about %s on disk and %s are free", memstat.FormatMB(disk), memstat.FormatMB(free))
	}
	return ""
}

// labelMemory is what labelling may cost, in bytes: at 25,000 stacks it allocates
// 1.4 MB (BenchmarkManyStacks in internal/heaptag); the rest is for gzip and luck.
const labelMemory = 24 * memstat.MiB

// roomToLabel says whether a profile may be labelled now: the raw one is on disk,
// and a limit that is near matters more.
func roomToLabel(used int64, limit memstat.Limit) bool {
	return limit.Bytes == 0 || limit.Bytes-used > 2*labelMemory
}

// existing is dir, or the nearest folder above it that is there.
func existing(dir string) string {
	for {
		if _, err := os.Stat(dir); err == nil {
			return dir
		}
		parent := filepath.Dir(dir)
		if parent == dir {
			return dir
		}
		dir = parent
	}
}
