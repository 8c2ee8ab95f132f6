package dump

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
)

// replace writes a file whole or not at all.
func replace(path string, write func(io.Writer, int) error) error {
	temp, err := createTemp(filepath.Dir(path))
	if err != nil {
		return err
	}
	if err := fill(temp, write); err != nil {
		return errors.Join(err, os.Remove(temp.Name()))
	}
	if err := os.Rename(temp.Name(), path); err != nil {
		return errors.Join(err, os.Remove(temp.Name()))
	}
	return nil
}

// createTemp creates a file of mode 0600 that bears this process's id, for people,
// and its lock while it is open, for [store.clean].
func createTemp(dir string) (*os.File, error) {
	file, err := os.CreateTemp(dir, fmt.Sprintf("%s%d-*", tempPrefix, os.Getpid()))
	if err == nil {
		_, _ = lock(file) // without it, age must do
	}
	return file, err
}

// fill writes a file to the disk and closes it.
func fill(file *os.File, write func(io.Writer, int) error) error {
	err := write(file, 0)
	if err == nil {
		err = file.Sync()
	}
	return errors.Join(err, file.Close())
}

// syncDir makes a rename last. Some systems cannot, and lose at most a file.
func syncDir(dir string) {
	if d, err := os.Open(filepath.Clean(dir)); err == nil {
		_ = d.Sync()
		_ = d.Close()
	}
}
