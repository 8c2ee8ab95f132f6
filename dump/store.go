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
	// SidePath is the JSON file beside it.
	SidePath string `json:"sidePath"`
	// Size is the profile's, in bytes.
	Size int64 `json:"size"`
}

// Entry is a profile in the store.
type Entry struct {
	File
	// Side is without its Tags, which can be a megabyte: [ReadSide] has them.
	Side     Side
	sideSize int64 // bytes
}

// List returns the heap profiles in a folder that a [Dumper] wrote, the oldest
// first. Other files are left out; a folder that is not there has none. A dumper
// may write meanwhile.
func List(dir string) ([]Entry, error) { return (&store{dir: dir}).list() }

// store is the folder of profiles. It keeps no state of its own.
type store struct {
	dir      string
	maxFiles int
	maxBytes int64
}

// list returns the profiles that are whole and ours, the oldest first. A folder
// that is not there is empty.
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
		// Links, folders and pipes are never ours, nor what they lead to.
		if !f.Type().IsRegular() || !isDump(f.Name(), profileSuffix) {
			continue
		}
		path := filepath.Join(s.dir, f.Name())
		info, err := f.Info()
		if err != nil {
			continue // removed meanwhile
		}
		sideInfo, err := os.Lstat(sidePath(path))
		if err != nil || !sideInfo.Mode().IsRegular() {
			continue
		}
		side, err := ReadSide(sidePath(path))
		if err != nil {
			continue // not of our making
		}
		side.Tags = Tags{}
		entries = append(entries, Entry{
			File:     File{Path: path, SidePath: sidePath(path), Size: info.Size()},
			Side:     side,
			sideSize: sideInfo.Size(),
		})
	}
	slices.SortFunc(entries, func(a, b Entry) int {
		return cmp.Or(a.Side.Time.Compare(b.Side.Time), cmp.Compare(a.Path, b.Path))
	})
	return entries, nil
}
