package dump

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
)

// Label copies the heap profile in to out and adds labels. Each sample that a heap
// tag covers gets "category" and "operation", and loses the tag's frame. A sample
// with a function that belongs to one operation alone ([WithFunctions]) gets them
// too, and "attribution" with the value "learned".
//
//	go tool pprof -tagroot=category out
//	go tool pprof -tagfocus=category=api_records out
//
// in must have its metadata file beside it, which has the tags; out gets one too.
// out can be in, or another profile of ours: it is replaced by a rename. Any other
// file that is there is left, with an error. A profile that already has its labels is
// copied as it is.
func Label(in, out string) error { return osFiles.label(in, out) }

func (f files) label(in, out string) error {
	metadata, err := ReadMetadata(MetadataPath(in))
	if err != nil {
		return err
	}
	if err := mayReplace(out); err != nil {
		return fmt.Errorf("label %s: %w", in, err)
	}
	profile, err := os.Open(in)
	if err != nil {
		return fmt.Errorf("label a heap profile: %w", err)
	}
	defer profile.Close()
	write := func(w io.Writer) error { return labelProfile(profile, w, metadata.Tags) }
	if metadata.Labelled {
		write = func(w io.Writer) error { _, err := io.Copy(w, profile); return err }
	}
	if err := f.replace(out, write); err != nil {
		return fmt.Errorf("label %s: %w", in, err)
	}
	metadata.Labelled = true
	if err := f.writeMetadata(MetadataPath(out), &metadata); err != nil {
		return fmt.Errorf("label %s: %w", in, err)
	}
	syncDir(filepath.Dir(out))
	return nil
}

// mayReplace says why a profile and its metadata file must not be written at path:
// something is there that is not ours.
func mayReplace(path string) error {
	metadata := MetadataPath(path)
	found := false
	for _, p := range []string{path, metadata} {
		info, err := os.Lstat(p)
		switch {
		case errors.Is(err, fs.ErrNotExist):
			continue
		case err != nil:
			return err
		case !info.Mode().IsRegular():
			return fmt.Errorf("%s is not a regular file: want the path of a new file, or of a heap profile of ours", p)
		}
		found = true
	}
	if !found {
		return nil
	}
	if _, err := readMetadataHead(metadata); err != nil {
		return fmt.Errorf("%s or %s is there and not ours: want the path of a new file, or of a heap profile with its metadata file", path, metadata)
	}
	return nil
}
