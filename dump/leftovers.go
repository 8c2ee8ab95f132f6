package dump

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"
)

// How long a file must have been left alone to be an earlier process's: where its
// lock says that its owner is gone, and where there are no locks. The first covers
// the instant between creating and locking.
const (
	staleUnlocked = time.Minute
	staleAnyway   = time.Hour
)

// clean removes what a process that was killed while it wrote has left: its
// temporary files, and side files without a profile.
func (s *store) clean(now time.Time) error {
	files, err := os.ReadDir(s.dir)
	if err != nil {
		if errors.Is(err, fs.ErrNotExist) {
			return nil
		}
		return fmt.Errorf("clean the folder of heap profiles: %w", err)
	}
	var errs []error
	for _, f := range files {
		info, err := f.Info()
		if err != nil || !info.Mode().IsRegular() {
			continue
		}
		path, age := filepath.Join(s.dir, f.Name()), now.Sub(info.ModTime())
		if !isStaleTemp(path, age) && !isOrphan(path, info.Size(), age) {
			continue
		}
		if err := os.Remove(path); err != nil && !errors.Is(err, fs.ErrNotExist) {
			errs = append(errs, fmt.Errorf("remove what a dump left half done: %w", err))
		}
	}
	return errors.Join(errs...)
}

func isStaleTemp(path string, age time.Duration) bool {
	if !strings.HasPrefix(filepath.Base(path), tempPrefix) || age < staleUnlocked {
		return false
	}
	file, err := os.Open(path)
	if err != nil {
		return false
	}
	defer file.Close()
	free, err := lock(file)
	if err != nil {
		return age >= staleAnyway
	}
	return free
}

// isOrphan says whether a file is a side file of ours, empty or whole, that has
// waited too long for its profile.
func isOrphan(path string, size int64, age time.Duration) bool {
	if !isDump(filepath.Base(path), sideSuffix) || age < staleAnyway {
		return false
	}
	profile := strings.TrimSuffix(path, sideSuffix) + profileSuffix
	if _, err := os.Lstat(profile); !errors.Is(err, fs.ErrNotExist) {
		return false
	}
	if size == 0 {
		return true
	}
	_, err := ReadSide(path)
	return err == nil
}
