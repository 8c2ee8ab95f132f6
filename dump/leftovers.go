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

const (
	// minTempAge is how old a temporary file must be before it is removed, if it is
	// not locked: it is created an instant before it is locked.
	minTempAge = time.Minute
	// minUnlockableAge is how old a file must be before it is removed, if no lock
	// says whether its owner still runs.
	minUnlockableAge = time.Hour
)

// removeLeftovers removes what a process that was killed while it wrote has left:
// temporary files, and metadata files without a profile.
func (s *store) removeLeftovers(now time.Time) error {
	files, err := os.ReadDir(s.dir)
	if err != nil {
		if errors.Is(err, fs.ErrNotExist) {
			return nil
		}
		return fmt.Errorf("remove leftovers from the folder of heap profiles: %w", err)
	}
	var errs []error
	for _, f := range files {
		info, err := f.Info()
		if err != nil || !info.Mode().IsRegular() {
			continue
		}
		path, age := filepath.Join(s.dir, f.Name()), now.Sub(info.ModTime())
		if !isAbandonedTemp(path, age) && !isOrphan(path, info.Size(), age) {
			continue
		}
		if err := os.Remove(path); err != nil && !errors.Is(err, fs.ErrNotExist) {
			errs = append(errs, fmt.Errorf("remove a leftover of a killed process: %w", err))
		}
	}
	return errors.Join(errs...)
}

// isAbandonedTemp says whether a file is a temporary file of a process that ended.
func isAbandonedTemp(path string, age time.Duration) bool {
	if !strings.HasPrefix(filepath.Base(path), tempPrefix) || age < minTempAge {
		return false
	}
	file, err := os.Open(path)
	if err != nil {
		return false
	}
	defer file.Close()
	free, err := lock(file)
	if err != nil {
		return age >= minUnlockableAge
	}
	return free
}

// isOrphan says whether a file is a metadata file of ours, empty or complete, whose
// profile was never written.
func isOrphan(path string, size int64, age time.Duration) bool {
	if !isDumpName(filepath.Base(path), metadataSuffix) || age < minUnlockableAge {
		return false
	}
	profile := strings.TrimSuffix(path, metadataSuffix) + profileSuffix
	if _, err := os.Lstat(profile); !errors.Is(err, fs.ErrNotExist) {
		return false
	}
	if size == 0 {
		return true
	}
	_, err := readMetadataHead(path)
	return err == nil
}
