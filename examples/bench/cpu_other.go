//go:build !linux

package main

import (
	"fmt"
	"runtime"
	"time"
)

// cpuOf fails: only Linux has a clock for each process.
func cpuOf(int) (time.Duration, error) {
	return 0, fmt.Errorf("bench reads the CPU clocks of other processes, which %s has not: run it on Linux", runtime.GOOS)
}
