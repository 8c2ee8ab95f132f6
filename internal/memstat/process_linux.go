package memstat

import (
	"fmt"
	"os"
	"strconv"
	"syscall"
	"time"
	"unsafe"
)

// thisProcess stands for the process that runs.
const thisProcess = 0

// processSource reads the resident set from /proc/PID/statm on a file that stays
// open. It is not safe for concurrent use and allocates nothing a read.
type processSource struct {
	file     *os.File
	fd       uintptr // of file
	pageSize int64
	buf      [128]byte
}

func newProcessSource(pid int) (*processSource, error) {
	of := "self"
	if pid != thisProcess {
		of = strconv.Itoa(pid)
	}
	file, err := os.Open("/proc/" + of + "/statm")
	if err != nil {
		return nil, fmt.Errorf("open the kernel's memory figures: %w", err)
	}
	return &processSource{file: file, fd: file.Fd(), pageSize: int64(os.Getpagesize())}, nil
}

// read returns the resident set and the part of it that is backed by files.
func (s *processSource) read() (rss, shared int64, err error) {
	// One read of a proc file is one consistent answer. os.File would ask again for
	// EOF, and the scheduler need not know of a call that never waits.
	n, _, errno := syscall.RawSyscall6(syscall.SYS_PREAD64, s.fd, uintptr(unsafe.Pointer(&s.buf[0])), uintptr(len(s.buf)), 0, 0, 0)
	if errno != 0 {
		return 0, 0, fmt.Errorf("read %s: %w", s.file.Name(), errno)
	}
	rss, shared, ok := parseStatm(s.buf[:n])
	if !ok {
		return 0, 0, fmt.Errorf("read %s: want numbers, got %q", s.file.Name(), s.buf[:n])
	}
	return rss * s.pageSize, shared * s.pageSize, nil
}

// cpu is the user and system time that this process has used.
func (s *processSource) cpu() (time.Duration, error) {
	var used syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &used); err != nil {
		return 0, fmt.Errorf("read this process's CPU time: %w", err)
	}
	return time.Duration(used.Utime.Nano() + used.Stime.Nano()), nil
}

func (s *processSource) close() error { return s.file.Close() }

// maxPages is more than any process has: 2^63 bytes are 1.4e14 pages of 64 KiB.
const maxPages = 1e13

// parseStatm takes the second and third of the numbers (resident and shared
// pages; see proc_pid_statm(5)).
func parseStatm(line []byte) (rss, shared int64, ok bool) {
	var fields [3]int64
	i := 0
	digits := false
	for _, c := range line {
		switch {
		case c >= '0' && c <= '9':
			if fields[i] >= maxPages {
				return 0, 0, false
			}
			fields[i] = fields[i]*10 + int64(c-'0')
			digits = true
		case digits && (c == ' ' || c == '\n'):
			if i++; i == len(fields) {
				return fields[1], fields[2], true
			}
			digits = false
		default:
			return 0, 0, false
		}
	}
	return fields[1], fields[2], digits && i == len(fields)-1
}
