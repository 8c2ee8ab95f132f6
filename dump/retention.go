package dump

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"slices"
)

// prune deletes profiles until the folder is within its limits. It is called only
// after a profile was written.
func (s *store) prune() error {
	entries, err := s.list()
	if err != nil {
		return err
	}
	var errs []error
	for len(entries) > 1 && s.tooMuch(entries) {
		i := firstToDelete(entries)
		for _, path := range []string{entries[i].Path, entries[i].MetadataPath} {
			if err := os.Remove(path); err != nil && !errors.Is(err, fs.ErrNotExist) {
				errs = append(errs, fmt.Errorf("delete an old heap profile: %w", err))
			}
		}
		entries = slices.Delete(entries, i, i+1)
	}
	return errors.Join(errs...)
}

func (s *store) tooMuch(entries []Entry) bool {
	var bytes int64
	for _, e := range entries {
		bytes += e.Size + e.metadataSize
	}
	return len(entries) > s.maxFiles || bytes > s.maxBytes
}

// firstToDelete is the index of the profile to delete first, of two or more, the
// oldest first: the oldest that is neither the first nor the last of its episode,
// since a comparison needs those two; if there is none, the oldest. The newest is
// never deleted.
func firstToDelete(entries []Entry) int {
	for i := range entries[:len(entries)-1] {
		m := &entries[i].Metadata
		sameEpisode := func(o Entry) bool {
			return o.Metadata.Episode.Equal(m.Episode) && o.Metadata.Process == m.Process && o.Metadata.Host == m.Host
		}
		if m.Episode.IsZero() || slices.ContainsFunc(entries[:i], sameEpisode) && slices.ContainsFunc(entries[i+1:], sameEpisode) {
			return i
		}
	}
	return 0
}
