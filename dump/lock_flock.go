//go:build linux || darwin || dragonfly || freebsd || netbsd || openbsd

package dump

import (
	"errors"
	"os"
	"syscall"
)

// lock locks a file for this open handle, until the handle is closed or the process
// ends, by a kill too. It never waits: false means that another handle has the lock.
// An error means that the file system has no locks.
//
// So a lock says whether a file's process still runs. Process ids cannot say that
// for containers, which can share a folder, a host name and ids.
func lock(file *os.File) (bool, error) {
	err := syscall.Flock(int(file.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
	if errors.Is(err, syscall.EWOULDBLOCK) {
		return false, nil
	}
	return err == nil, err
}
