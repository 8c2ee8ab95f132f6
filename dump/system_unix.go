//go:build unix

package dump

import (
	"errors"
	"math"
	"syscall"
)

// alive says whether a process with this id runs. One that we may not signal
// does.
func alive(pid int) bool {
	return pid > 0 && !errors.Is(syscall.Kill(pid, 0), syscall.ESRCH)
}

// freeDisk is what may be written at dir, in bytes; false where unknown.
func freeDisk(dir string) (int64, bool) {
	var stat syscall.Statfs_t
	if err := syscall.Statfs(dir, &stat); err != nil {
		return 0, false
	}
	//nolint:unconvert // the fields' types differ between systems
	return int64(min(uint64(stat.Bavail), math.MaxInt64/uint64(stat.Bsize))) * int64(stat.Bsize), true
}
