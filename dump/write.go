package dump

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"runtime/pprof"
)

// write writes the heap profile and its side file into dir, under the first
// free name of base. The profile gets its final name last, by a rename: one that
// has it is whole and has its side file. A crash leaves at most a temporary file
// and a side file without a profile, which nothing lists.
func write(dir, base string, side *Side) (file File, err error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return File{}, fmt.Errorf("make the folder of heap profiles: %w", err)
	}
	temp, err := os.CreateTemp(dir, fmt.Sprintf("%s%d-*", tempPrefix, os.Getpid())) // mode 0600
	if err != nil {
		return File{}, fmt.Errorf("create a heap profile: %w", err)
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, os.Remove(temp.Name()))
		}
	}()
	if err := fill(temp, pprof.Lookup("heap").WriteTo); err != nil {
		return File{}, fmt.Errorf("write heap profile %s: %w", temp.Name(), err)
	}
	info, err := os.Stat(temp.Name())
	if err != nil {
		return File{}, fmt.Errorf("write heap profile: %w", err)
	}
	file.Size = info.Size()
	if file.Path, file.SidePath, err = writeSide(dir, base, side); err != nil {
		return File{}, err
	}
	if err := os.Rename(temp.Name(), file.Path); err != nil {
		return File{}, errors.Join(fmt.Errorf("name heap profile %s: %w", file.Path, err), os.Remove(file.SidePath))
	}
	syncDir(dir)
	return file, nil
}

// writeSide creates the side file, which reserves the name.
func writeSide(dir, base string, side *Side) (profilePath, path string, err error) {
	text, err := json.MarshalIndent(side, "", "  ")
	if err != nil {
		return "", "", fmt.Errorf("describe the heap profile: %w", err)
	}
	for n := 1; ; n++ {
		profilePath, path = numbered(dir, base, n)
		file, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
		if errors.Is(err, fs.ErrExist) && n < 1000 {
			continue
		}
		if err != nil {
			return "", "", fmt.Errorf("describe the heap profile: %w", err)
		}
		err = fill(file, func(w io.Writer, _ int) error {
			_, err := w.Write(append(text, '\n'))
			return err
		})
		if err != nil {
			return "", "", errors.Join(fmt.Errorf("describe the heap profile in %s: %w", path, err), os.Remove(path))
		}
		return profilePath, path, nil
	}
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
