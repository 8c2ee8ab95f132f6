package main

import (
	"fmt"
	"time"

	"golang.org/x/sys/unix"
)

// cpuOf is user and system time of a process, by the clock that Linux has for each
// process: to the nanosecond, where /proc counts in hundredths of a second.
func cpuOf(pid int) (time.Duration, error) {
	const schedulerClock = 2 // of <linux/posix-timers.h>: CPUCLOCK_SCHED
	var t unix.Timespec
	if err := unix.ClockGettime(int32(^pid<<3|schedulerClock), &t); err != nil {
		return 0, fmt.Errorf("read the CPU clock of process %d: %w", pid, err)
	}
	return time.Duration(t.Nano()), nil
}
