package dump

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"runtime/pprof"
)

// writeHeap writes the heap profile of this process.
func writeHeap(w io.Writer) error { return pprof.Lookup("heap").WriteTo(w, 0) }

// write writes a heap profile and its metadata file to the folder, under the first free
// name of base. The profile gets its final name last, by a rename: a profile that has it is
// complete and has its metadata file. After a crash there is at most a temporary
// file, and a metadata file without a profile; neither is listed, and a later Start
// removes them.
func (s *store) write(base string, metadata *Metadata, profile func(io.Writer) error) (file File, err error) {
	if err := os.MkdirAll(s.dir, 0o700); err != nil {
		return File{}, fmt.Errorf("create the folder of heap profiles: %w", err)
	}
	temp, err := createTemp(s.dir)
	if err != nil {
		return File{}, fmt.Errorf("create a heap profile: %w", err)
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, os.Remove(temp.Name()))
		}
	}()
	if err := s.files.fill(temp, profile); err != nil {
		return File{}, fmt.Errorf("write heap profile %s: %w", temp.Name(), err)
	}
	info, err := os.Stat(temp.Name())
	if err != nil {
		return File{}, fmt.Errorf("write heap profile: %w", err)
	}
	file.Size, file.Run = info.Size(), metadata.run()
	if metadata.Sequence, err = s.nextSequence(); err != nil {
		return File{}, err
	}
	if file.Path, file.MetadataPath, err = reserveName(s.dir, base); err != nil {
		return File{}, err
	}
	if err := s.files.writeMetadata(file.MetadataPath, metadata); err != nil {
		return File{}, errors.Join(fmt.Errorf("write the metadata of a heap profile: %w", err), os.Remove(file.MetadataPath))
	}
	if err := s.files.rename(temp.Name(), file.Path); err != nil {
		return File{}, errors.Join(fmt.Errorf("rename heap profile to %s: %w", file.Path, err), os.Remove(file.MetadataPath))
	}
	syncDir(s.dir)
	return file, nil
}

// nextSequence is higher than that of each profile that was found in the folder.
func (s *store) nextSequence() (int64, error) {
	if s.sequence == 0 {
		entries, err := s.list()
		if err != nil {
			return 0, err
		}
		if len(entries) > 0 {
			s.sequence = entries[len(entries)-1].Metadata.Sequence
		}
	}
	s.sequence++
	return s.sequence, nil
}

// reserveName takes the first name of base that is free, among all processes, by
// creating its metadata file, empty.
func reserveName(dir, base string) (profile, metadata string, err error) {
	for n := 1; ; n++ {
		profile, metadata = numbered(dir, base, n)
		// The rename of the profile would replace a file of that name, even one that is
		// not ours.
		_, err := os.Lstat(profile)
		if errors.Is(err, fs.ErrNotExist) {
			var file *os.File
			if file, err = os.OpenFile(metadata, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600); err == nil {
				return profile, metadata, file.Close()
			}
		} else if err == nil {
			err = fs.ErrExist
		}
		if !errors.Is(err, fs.ErrExist) || n == 1000 {
			return "", "", fmt.Errorf("find a free name for heap profile %s: %w", profile, err)
		}
	}
}
