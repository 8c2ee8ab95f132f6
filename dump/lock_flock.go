//go:build linux || darwin || dragonfly || freebsd || netbsd || openbsd

package dump

import (
	"errors"
	"os"
	"syscall"
)

// lock takes a file for this open handle alone, until it is closed or the process
// ends, however it ends. It never waits: false means that another handle has it.
// An error means that the file's system has no locks.
//
// That answers "does its owner still run?" where process ids do not: containers
// can share a folder, a host's name and ids.
func lock(file *os.File) (bool, error) {
	err := syscall.Flock(int(file.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
	if errors.Is(err, syscall.EWOULDBLOCK) {
		return false, nil
	}
	return err == nil, err
}
