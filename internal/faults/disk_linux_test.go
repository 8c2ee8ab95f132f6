package faults

import (
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/otelmem/otelmem-go/otelmem"
)

// This file has disks that are full, read-only or not there. They are real where this
// is root, and files in a folder's place elsewhere.

// disk mounts a small file system.
func disk(t *testing.T, options string) string {
	t.Helper()
	dir := t.TempDir()
	if err := syscall.Mount("otelmem", dir, "tmpfs", 0, options); err != nil {
		t.Skipf("no file system can be mounted here: %v", err)
	}
	t.Cleanup(func() { _ = syscall.Unmount(dir, syscall.MNT_DETACH) })
	return dir
}

func remount(t *testing.T, dir string, flags uintptr, options string) {
	t.Helper()
	if err := syscall.Mount("otelmem", dir, "tmpfs", syscall.MS_REMOUNT|flags, options); err != nil {
		t.Fatal(err)
	}
}

func TestTheFolderOfProfilesBreaks(t *testing.T) {
	for name, breaks := range map[string]func(*testing.T) (dir string, cause string, mend func()){
		"the disk is full": func(t *testing.T) (string, string, func()) {
			dir := disk(t, "size=512k")
			return filepath.Join(dir, "dumps"), "are free", func() { remount(t, dir, 0, "size=64m") }
		},
		"the disk is read-only": func(t *testing.T) (string, string, func()) {
			dir := disk(t, "size=64m")
			remount(t, dir, syscall.MS_RDONLY, "size=64m")
			return filepath.Join(dir, "dumps"), "read-only file system", func() { remount(t, dir, 0, "size=64m") }
		},
		"a file is in its place": func(t *testing.T) (string, string, func()) {
			dir := filepath.Join(t.TempDir(), "dumps")
			if err := os.WriteFile(dir, nil, 0o600); err != nil {
				t.Fatal(err)
			}
			return dir, "not a directory", func() { _ = os.Remove(dir) }
		},
	} {
		t.Run(name, func(t *testing.T) {
			dir, cause, mend := breaks(t)
			v := start(t, setUp{options: []otelmem.Option{otelmem.WithDumpDir(dir)}})
			v.shows("dumps")
			if _, err := v.mem.Dump(t.Context(), "x"); err == nil || !strings.Contains(err.Error(), cause) {
				t.Errorf("Dump: %v, want that %q", err, cause)
			}
			v.goesOn()
			mend()
			if _, err := v.mem.Dump(t.Context(), "x"); err != nil {
				t.Error(err)
			}
			v.recovers("dumps")
		})
	}
}

func TestTheLogFileBreaks(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "logs")
	if err := os.WriteFile(dir, nil, 0o600); err != nil { // a file in the folder's place
		t.Fatal(err)
	}
	v := start(t, setUp{options: []otelmem.Option{otelmem.WithLogFile(filepath.Join(dir, "otelmem.log")), otelmem.WithGrowthLogMin(1)}})
	v.shows("log file")
	v.goesOn()
	if err := os.Remove(dir); err != nil {
		t.Fatal(err)
	}
	v.recovers("log file")
}
