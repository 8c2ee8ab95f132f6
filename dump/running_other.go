//go:build !unix

package dump

import "os"

// isRunning says whether a process with this id runs.
func isRunning(pid int) bool {
	p, err := os.FindProcess(pid)
	if err != nil {
		return false
	}
	_ = p.Release()
	return true
}
