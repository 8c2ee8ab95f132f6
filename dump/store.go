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

// prune removes what is too much. Call it after a success only.
func (s *store) prune() error {
	entries, err := s.list()
	if err != nil {
		return err
	}
	var errs []error
	for len(entries) > 1 && s.tooMuch(entries) {
		i := victim(entries)
		for _, path := range []string{entries[i].Path, entries[i].SidePath} {
			if err := os.Remove(path); err != nil && !errors.Is(err, fs.ErrNotExist) {
				errs = append(errs, fmt.Errorf("remove an old heap profile: %w", err))
			}
		}
		entries = slices.Delete(entries, i, i+1)
	}
	return errors.Join(errs...)
}

func (s *store) tooMuch(entries []Entry) bool {
	var bytes int64
	for _, e := range entries {
		bytes += e.Size + e.sideSize
	}
	return len(entries) > s.maxFiles || bytes > s.maxBytes
}

// victim is what goes first: the oldest that is neither the first nor the last
// of its episode, since a comparison needs those two; then the oldest. The
// newest of all stays.
func victim(entries []Entry) int {
	for i, e := range entries[:len(entries)-1] {
		same := func(o Entry) bool {
			return o.Side.Episode.Equal(e.Side.Episode) && o.Side.Process == e.Side.Process && o.Side.Host == e.Side.Host
		}
		if e.Side.Episode.IsZero() || slices.ContainsFunc(entries[:i], same) && slices.ContainsFunc(entries[i+1:], same) {
			return i
		}
	}
	return 0
}
