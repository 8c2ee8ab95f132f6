package dump

import (
	"fmt"
	"io"
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
// out can be in: it is replaced by a rename. A profile that already has its labels is
// copied as it is.
func Label(in, out string) error { return osFiles.label(in, out) }

func (f files) label(in, out string) error {
	metadata, err := ReadMetadata(MetadataPath(in))
	if err != nil {
		return err
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
