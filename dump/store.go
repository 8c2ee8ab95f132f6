package dump

import (
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
)

// File is a heap profile on disk.
type File struct {
	Path string `json:"path"`
	// MetadataPath is the path of the JSON file beside it.
	MetadataPath string `json:"metadataPath"`
	// Size is that of the profile, in bytes.
	Size int64 `json:"size"`
	// Run names the process that wrote it: id, host, and when it started. What one
	// process held says nothing about another: compare profiles of one run.
	Run string `json:"run"`
}

// FirstOfRun is the index of the first profile, of files in the order of writing,
// that the process of the last one wrote; -1 where there are not two of it.
func FirstOfRun(files []File) int {
	if len(files) == 0 {
		return -1
	}
	last := len(files) - 1
	i := slices.IndexFunc(files, func(f File) bool { return f.Run == files[last].Run })
	if i == last {
		return -1
	}
	return i
}

// Entry is a heap profile in a list.
type Entry struct {
	File
	// Metadata has no Tags here, which can be a megabyte: [ReadMetadata] returns
	// them.
	Metadata     Metadata
	metadataSize int64 // bytes
}

// List returns the heap profiles in a folder that a [Dumper] wrote, in the order in
// which they were written ([Metadata.Sequence]). Other files are left out. A folder that does not exist has none. A dumper
// may write to the folder at the same time.
func List(dir string) ([]Entry, error) { return (&store{dir: dir}).list() }

// store is the folder of profiles.
type store struct {
	dir      string
	maxFiles int
	maxBytes int64
	files    files
	sequence int64 // the highest that was found or written; 0 before the first look
}

// list returns the profiles that are complete and ours, in the order of writing.
func (s *store) list() ([]Entry, error) {
	files, err := os.ReadDir(s.dir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("list heap profiles: %w", err)
	}
	var entries []Entry
	for _, f := range files {
		// A link, a folder or a pipe is never ours.
		if !f.Type().IsRegular() || !isDumpName(f.Name(), profileSuffix) {
			continue
		}
		path := filepath.Join(s.dir, f.Name())
		info, err := f.Info()
		if err != nil {
			continue // removed in the meantime
		}
		metadataInfo, err := os.Lstat(MetadataPath(path))
		if err != nil || !metadataInfo.Mode().IsRegular() {
			continue
		}
		metadata, err := readMetadataHead(MetadataPath(path))
		if err != nil {
			continue // not ours
		}
		entries = append(entries, Entry{
			File:         File{Path: path, MetadataPath: MetadataPath(path), Size: info.Size(), Run: metadata.run()},
			Metadata:     metadata,
			metadataSize: metadataInfo.Size(),
		})
	}
	slices.SortFunc(entries, func(a, b Entry) int {
		return cmp.Or(cmp.Compare(a.Metadata.Sequence, b.Metadata.Sequence),
			a.Metadata.Time.Compare(b.Metadata.Time), cmp.Compare(a.Path, b.Path))
	})
	return entries, nil
}
