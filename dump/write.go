package dump

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"runtime/pprof"
)

// write writes the heap profile and its side file into dir, under the first
// free name of base. The profile gets its final name last, by a rename: one that
// has it is whole and has its side file. A crash leaves at most a temporary file
// and a side file without a profile, which nothing lists and a later start
// removes.
func write(dir, base string, side *Side) (file File, err error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return File{}, fmt.Errorf("make the folder of heap profiles: %w", err)
	}
	temp, err := createTemp(dir)
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
	if file.Path, file.SidePath, err = reserve(dir, base); err != nil {
		return File{}, err
	}
	if err := writeSide(file.SidePath, side); err != nil {
		return File{}, errors.Join(fmt.Errorf("describe the heap profile: %w", err), os.Remove(file.SidePath))
	}
	if err := os.Rename(temp.Name(), file.Path); err != nil {
		return File{}, errors.Join(fmt.Errorf("name heap profile %s: %w", file.Path, err), os.Remove(file.SidePath))
	}
	syncDir(dir)
	return file, nil
}

// reserve takes the first name of base that nobody has, in this process or
// another, by creating its side file, empty.
func reserve(dir, base string) (profile, side string, err error) {
	for n := 1; ; n++ {
		profile, side = numbered(dir, base, n)
		// The profile's rename would replace a file of that name, whose ever.
		_, err := os.Lstat(profile)
		if errors.Is(err, fs.ErrNotExist) {
			var file *os.File
			if file, err = os.OpenFile(side, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600); err == nil {
				return profile, side, file.Close()
			}
		} else if err == nil {
			err = fs.ErrExist
		}
		if !errors.Is(err, fs.ErrExist) || n == 1000 {
			return "", "", fmt.Errorf("find a name for heap profile %s: %w", profile, err)
		}
	}
}
