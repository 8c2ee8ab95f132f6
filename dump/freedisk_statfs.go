//go:build linux || darwin || freebsd || dragonfly

package dump

import (
	"math"
	"syscall"
)

// freeDisk is how many bytes may be written to dir; false if that is unknown.
func freeDisk(dir string) (int64, bool) {
	var stat syscall.Statfs_t
	if err := syscall.Statfs(dir, &stat); err != nil {
		return 0, false
	}
	if stat.Blocks == 0 {
		return 0, false // it has no size of its own, like /proc
	}
	//nolint:unconvert // the fields' types differ between systems
	return int64(min(uint64(stat.Bavail), math.MaxInt64/uint64(stat.Bsize))) * int64(stat.Bsize), true
}
