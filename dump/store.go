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
}

// Entry is a heap profile in a list.
type Entry struct {
	File
	// Metadata has no Tags here, which can be a megabyte: [ReadMetadata] returns them.
	Metadata     Metadata
	metadataSize int64 // bytes
}

// List returns the heap profiles in a folder that a [Dumper] wrote, the oldest
// first. Other files are left out. A folder that does not exist has none. A dumper
// may write to the folder at the same time.
func List(dir string) ([]Entry, error) { return (&store{dir: dir}).list() }

// store is the folder of profiles. It keeps nothing in memory.
type store struct {
	dir      string
	maxFiles int
	maxBytes int64
	files    files
}

// list returns the profiles that are complete and ours, the oldest first.
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
		metadata, err := ReadMetadata(MetadataPath(path))
		if err != nil {
			continue // not ours
		}
		metadata.Tags = Tags{}
		entries = append(entries, Entry{
			File:         File{Path: path, MetadataPath: MetadataPath(path), Size: info.Size()},
			Metadata:     metadata,
			metadataSize: metadataInfo.Size(),
		})
	}
	slices.SortFunc(entries, func(a, b Entry) int {
		return cmp.Or(a.Metadata.Time.Compare(b.Metadata.Time), cmp.Compare(a.Path, b.Path))
	})
	return entries, nil
}
