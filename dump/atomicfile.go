package dump

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
)

// files writes files that are complete when they get their final name: the
// content is synced to the disk before the rename, since after a power failure the
// name could otherwise lead to an empty file. Tests replace the two steps to see
// their order.
type files struct {
	sync   func(*os.File) error
	rename func(from, to string) error
}

var osFiles = files{sync: (*os.File).Sync, rename: os.Rename}

// replace writes the complete file at path, or leaves what is there.
func (f files) replace(path string, write func(io.Writer) error) error {
	temp, err := createTemp(filepath.Dir(path))
	if err != nil {
		return err
	}
	if err := f.fill(temp, write); err != nil {
		return errors.Join(err, os.Remove(temp.Name()))
	}
	if err := f.rename(temp.Name(), path); err != nil {
		return errors.Join(err, os.Remove(temp.Name()))
	}
	return nil
}

// fill writes a file, syncs it to the disk and closes it.
func (f files) fill(file *os.File, write func(io.Writer) error) error {
	err := write(file)
	if err == nil {
		err = f.sync(file)
	}
	return errors.Join(err, file.Close())
}

// createTemp creates a file of mode 0600. Its name has this process's id, for
// people; it is locked while it is open, for [store.removeLeftovers].
func createTemp(dir string) (*os.File, error) {
	file, err := os.CreateTemp(dir, fmt.Sprintf("%s%d-*", tempPrefix, os.Getpid()))
	if err == nil {
		_, _ = lock(file) // without locks, the file's age decides
	}
	return file, err
}

// syncDir makes a rename survive a power failure. Some systems cannot sync a
// folder; there, the last file can be lost.
func syncDir(dir string) {
	if d, err := os.Open(filepath.Clean(dir)); err == nil {
		_ = d.Sync()
		_ = d.Close()
	}
}
