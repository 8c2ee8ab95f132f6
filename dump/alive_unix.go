//go:build unix

package dump

import (
	"errors"
	"syscall"
)

// alive says whether a process with this id runs. One that we may not signal
// does.
func alive(pid int) bool {
	return pid > 0 && !errors.Is(syscall.Kill(pid, 0), syscall.ESRCH)
}
