package dump

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"slices"
	"time"
)

// prune deletes profiles until the folder is within its limits. It is called only
// after a profile was written, and never deletes that one.
func (s *store) prune(written File) error {
	entries, err := s.list()
	if err != nil {
		return err
	}
	for i := range entries {
		s.sequence = max(s.sequence, entries[i].Metadata.Sequence)
	}
	// Another process can have written a later one: what was just written is the newest
	// here all the same.
	if i := slices.IndexFunc(entries, func(e Entry) bool { return e.Path == written.Path }); i >= 0 {
		entries = append(slices.Delete(slices.Clone(entries), i, i+1), entries[i])
	}
	var errs []error
	for _, e := range toDelete(entries, s.maxFiles, s.maxBytes) {
		for _, path := range []string{e.Path, e.MetadataPath} {
			if err := os.Remove(path); err != nil && !errors.Is(err, fs.ErrNotExist) {
				errs = append(errs, fmt.Errorf("delete an old heap profile: %w", err))
			}
		}
	}
	return errors.Join(errs...)
}

// episodeKey is an episode of one process.
type episodeKey struct {
	process int
	host    string
	episode time.Time
}

func episodeOf(m *Metadata) episodeKey {
	return episodeKey{m.Process, m.Host, m.Episode.UTC().Round(0)}
}

// toDelete chooses which of the profiles, in the order of writing, are deleted so
// that the rest are within the limits: the oldest that are neither the first nor the
// last of their episode, since a comparison needs those two; then the oldest. The
// newest stays, whatever its size.
func toDelete(entries []Entry, maxFiles int, maxBytes int64) (doomed []Entry) {
	files, bytes := len(entries), int64(0)
	first, last := make(map[episodeKey]int), make(map[episodeKey]int)
	for i := range entries {
		bytes += entries[i].Size + entries[i].metadataSize
		key := episodeOf(&entries[i].Metadata)
		if _, known := first[key]; !known {
			first[key] = i
		}
		last[key] = i
	}
	isEnd := func(i int) bool {
		m := &entries[i].Metadata
		key := episodeOf(m)
		return !m.Episode.IsZero() && (first[key] == i || last[key] == i)
	}
	for _, ends := range []bool{false, true} {
		for i := range max(0, len(entries)-1) {
			if files <= maxFiles && bytes <= maxBytes {
				return doomed
			}
			if isEnd(i) == ends {
				files--
				bytes -= entries[i].Size + entries[i].metadataSize
				doomed = append(doomed, entries[i])
			}
		}
	}
	return doomed
}
