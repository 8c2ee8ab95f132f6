//go:build !linux

package memstat

import (
	"fmt"
	"math"
	"os"
	"time"

	"github.com/shirou/gopsutil/v4/process"
)

// thisProcess stands for the process that runs.
const thisProcess = 0

// processSource reads the resident set through gopsutil. No portable figure
// says how much of it files back, so External counts those pages too.
type processSource struct {
	proc *process.Process
}

func newProcessSource(pid int) (*processSource, error) {
	if pid == thisProcess {
		pid = os.Getpid()
	}
	if pid > math.MaxInt32 {
		return nil, fmt.Errorf("find the process: pid %d is out of range", pid)
	}
	proc, err := process.NewProcess(int32(pid))
	if err != nil {
		return nil, fmt.Errorf("find the process: %w", err)
	}
	return &processSource{proc: proc}, nil
}

func (s *processSource) read() (rss, shared int64, err error) {
	info, err := s.proc.MemoryInfo()
	if err != nil {
		return 0, 0, fmt.Errorf("read the process's memory: %w", err)
	}
	return int64(min(info.RSS, math.MaxInt64)), 0, nil
}

// cpu is the user and system time that this process has used.
func (s *processSource) cpu() (time.Duration, error) {
	used, err := s.proc.Times()
	if err != nil {
		return 0, fmt.Errorf("read this process's CPU time: %w", err)
	}
	return time.Duration((used.User + used.System) * float64(time.Second)), nil
}

func (s *processSource) close() error { return nil }
