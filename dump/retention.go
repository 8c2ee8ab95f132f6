package dump

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"slices"
)

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
