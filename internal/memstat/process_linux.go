package memstat

import (
	"fmt"
	"os"
)

// processSource reads the resident set from /proc/self/statm on a file that
// stays open. It is not safe for concurrent use and allocates nothing a read.
type processSource struct {
	file     *os.File
	pageSize int64
	buf      [128]byte
}

func newProcessSource() (*processSource, error) {
	file, err := os.Open("/proc/self/statm")
	if err != nil {
		return nil, fmt.Errorf("open the kernel's memory figures: %w", err)
	}
	return &processSource{file: file, pageSize: int64(os.Getpagesize())}, nil
}

// read returns the resident set and the part of it that is backed by files.
func (s *processSource) read() (rss, shared int64, err error) {
	// One read of a proc file is one consistent answer; EOF comes with it.
	n, err := s.file.ReadAt(s.buf[:], 0)
	if n == 0 {
		return 0, 0, fmt.Errorf("read %s: %w", s.file.Name(), err)
	}
	rss, shared, ok := parseStatm(s.buf[:n])
	if !ok {
		return 0, 0, fmt.Errorf("read %s: want numbers, got %q", s.file.Name(), s.buf[:n])
	}
	return rss * s.pageSize, shared * s.pageSize, nil
}

func (s *processSource) close() error { return s.file.Close() }

// parseStatm takes the second and third of the numbers (resident and shared
// pages; see proc_pid_statm(5)).
func parseStatm(line []byte) (rss, shared int64, ok bool) {
	var fields [3]int64
	i := 0
	digits := false
	for _, c := range line {
		switch {
		case c >= '0' && c <= '9':
			fields[i] = fields[i]*10 + int64(c-'0')
			digits = true
		case digits:
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
