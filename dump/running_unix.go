//go:build unix

package dump

import (
	"errors"
	"syscall"
)

// isRunning says whether a process with this id runs. A process that we may not
// signal runs.
func isRunning(pid int) bool {
	return pid > 0 && !errors.Is(syscall.Kill(pid, 0), syscall.ESRCH)
}
