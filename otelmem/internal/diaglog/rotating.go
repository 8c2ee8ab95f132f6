package diaglog

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"sync"
	"time"
)

// Rotation of the log file: at most four files of 10 MiB.
const (
	maxFileBytes = 10 << 20
	oldFiles     = 3
)

// rotating is the log file. Beside it are up to three older ones, FILE.1 being the
// newest. It opens, renames and replaces regular files that are empty or hold a log
// of this kind, and nothing else.
//
// Each write looks whether the path still leads to the open file: one that was
// removed is made again, and one that another process has rotated is left. Lines
// of several processes stand whole beside each other; where two rotate in the same
// instant, one of the old files may be short.
//
// It is safe for concurrent use.
type rotating struct {
	path     string
	maxBytes int64

	mu   sync.Mutex
	file *os.File // nil: closed
	torn bool     // the last write ended within a line
}

// Open opens the file and makes its folder.
func (r *rotating) Open() error {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.reopen()
}

// Write appends one line, to a new file where the line would make this one too
// large.
func (r *rotating) Write(line []byte) (int, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if err := r.ready(int64(len(line))); err != nil {
		return 0, err
	}
	if r.torn {
		if _, err := r.file.WriteString("\n"); err != nil {
			return 0, err
		}
	}
	n, err := r.file.Write(line)
	r.torn = err != nil && (r.torn || n > 0)
	return n, err
}

// Close closes the file. A later write opens it again.
func (r *rotating) Close() error {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.close()
}

// ready opens the file that a line of so many bytes goes to.
func (r *rotating) ready(line int64) error {
	size, err := r.current()
	if err != nil {
		return err
	}
	if size > 0 && size+line > r.maxBytes {
		if err := r.rotate(); err != nil {
			return err
		}
	}
	return nil
}

// current is the size of the file at the path, which is open then.
func (r *rotating) current() (int64, error) {
	if r.file != nil {
		open, err := r.file.Stat()
		if err == nil {
			if at, err := os.Lstat(r.path); err == nil && os.SameFile(open, at) {
				return open.Size(), nil
			}
		}
	}
	if err := r.reopen(); err != nil {
		return 0, err
	}
	info, err := r.file.Stat()
	if err != nil {
		return 0, err
	}
	return info.Size(), nil
}

func (r *rotating) reopen() error {
	if err := r.close(); err != nil {
		return err
	}
	if err := os.MkdirAll(filepath.Dir(r.path), 0o700); err != nil {
		return err
	}
	if err := ours(r.path); err != nil {
		return err
	}
	file, err := os.OpenFile(r.path, os.O_CREATE|os.O_WRONLY|os.O_APPEND, 0o600)
	if err != nil {
		return err
	}
	r.file, r.torn = file, false
	return nil
}

func (r *rotating) rotate() error {
	if err := r.close(); err != nil {
		return err
	}
	for n := range oldFiles {
		if err := ours(r.old(n + 1)); err != nil {
			return err
		}
	}
	for n := oldFiles; n > 0; n-- {
		if err := os.Rename(r.old(n-1), r.old(n)); err != nil && !errors.Is(err, os.ErrNotExist) {
			return err
		}
	}
	return r.reopen()
}

// old is the path of the nth older file; the 0th is the current one.
func (r *rotating) old(n int) string {
	if n == 0 {
		return r.path
	}
	return r.path + "." + strconv.Itoa(n)
}

func (r *rotating) close() error {
	if r.file == nil {
		return nil
	}
	err := r.file.Close()
	r.file = nil
	return err
}

// ours says why a path is not to be written, or nil where nothing, an empty file
// or a diagnostic log is there. It opens regular files only: a pipe would hang.
func ours(path string) error {
	info, err := os.Lstat(path)
	switch {
	case errors.Is(err, os.ErrNotExist):
		return nil
	case err != nil:
		return err
	case !info.Mode().IsRegular():
		return fmt.Errorf("%s is %s: want the path of a regular file", path, fileKind(info.Mode()))
	case info.Size() == 0:
		return nil
	}
	file, err := os.Open(path)
	if err != nil {
		return err
	}
	defer file.Close()
	start, err := bufio.NewReader(io.LimitReader(file, int64(len(timeLayout))+2)).ReadString(']')
	if err == nil {
		_, err = time.Parse("["+timeLayout+"]", start)
	}
	if err != nil {
		return fmt.Errorf("%s does not start like a diagnostic log: want the path of one, or of no file yet", path)
	}
	return nil
}

func fileKind(mode os.FileMode) string {
	switch {
	case mode.IsDir():
		return "a folder"
	case mode&os.ModeSymlink != 0:
		return "a symbolic link"
	case mode&os.ModeNamedPipe != 0:
		return "a named pipe"
	case mode&os.ModeDevice != 0:
		return "a device"
	}
	return "a special file"
}
