package dump

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/otelmem/otelmem-go/internal/textfmt"
)

// recordSteps lets a store write as it does, and records the names of the files
// that it synced, and those that it renamed with their new names.
func recordSteps(s *store) (synced *[]string, renamed *[][2]string) {
	synced, renamed = new([]string), new([][2]string)
	s.files = files{
		sync: func(file *os.File) error {
			*synced = append(*synced, file.Name())
			return osFiles.sync(file)
		},
		rename: func(from, to string) error {
			if !slices.Contains(*synced, from) {
				return errors.New("renamed before it was synced: " + from)
			}
			*renamed = append(*renamed, [2]string{from, to})
			return osFiles.rename(from, to)
		},
	}
	return synced, renamed
}

func TestFilesAreSyncedBeforeTheyGetTheirFinalNames(t *testing.T) {
	w := newWorld(t)
	d := w.dumper(Limit{})
	synced, renamed := recordSteps(&d.store)
	file, err := d.Dump(t.Context(), "x")
	if err != nil {
		t.Fatal(err)
	}
	var finalNames []string
	for _, names := range *renamed {
		finalNames = append(finalNames, names[1])
	}
	// First as it is, metadata first; then with its labels.
	if want := []string{file.MetadataPath, file.Path, file.Path, file.MetadataPath}; !slices.Equal(finalNames, want) {
		t.Errorf("renamed to %v, want %v", finalNames, want)
	}
	if len(*synced) != 4 {
		t.Errorf("synced %v, want 4 files", *synced)
	}
	written, err := os.Open(file.MetadataPath)
	if err != nil {
		t.Fatal(err)
	}
	defer written.Close()
	if free, err := lock(written); err == nil && !free {
		t.Error("a file that is complete is still open")
	}
	if e := <-w.events; e.Kind != Written || len(w.events) != 0 {
		t.Errorf("reported %+v and %d more events, want that it was written", e, len(w.events))
	}
}

func TestProfileThatCannotBeSyncedIsNotKept(t *testing.T) {
	w := newWorld(t)
	d := w.dumper(Limit{})
	d.store.files.sync = func(*os.File) error { return errors.New("input/output error") }
	if _, err := d.Dump(t.Context(), "x"); err == nil || !strings.Contains(err.Error(), "input/output error") {
		t.Errorf("error %v, want that of the disk", err)
	}
	if left := names(t, w.dir); len(left) != 0 {
		t.Errorf("left %v", left)
	}
}

func TestProfileThatCannotBeLabelledIsKept(t *testing.T) {
	w := newWorld(t)
	d := w.dumper(Limit{})
	renames := 0
	d.store.files.rename = func(from, to string) error {
		if renames++; renames == 3 { // after those of the metadata and of the profile
			return errors.New("input/output error")
		}
		return osFiles.rename(from, to)
	}
	file, err := d.Dump(t.Context(), "x")
	if err != nil {
		t.Fatal(err)
	}
	if written, failed := <-w.events, <-w.events; written.Kind != Written || failed.Kind != Failed || failed.Reason != "" {
		t.Errorf("reported %+v and %+v, want a profile, and a failure beside it", written, failed)
	}
	if entries, err := d.List(); err != nil || len(entries) != 1 || entries[0].File != file || entries[0].Metadata.Labelled {
		t.Errorf("profiles %v, %v, want %v without labels", entries, err, file)
	}
	if left := names(t, w.dir); len(left) != 2 {
		t.Errorf("left %v, want the profile and its metadata file", left)
	}
}

func TestOnlyTheOwnerMayReadWhatIsWritten(t *testing.T) {
	t.Run("on demand", func(t *testing.T) {
		w := newWorld(t)
		file, err := w.dumper(Limit{}).Dump(t.Context(), "x")
		if err != nil {
			t.Fatal(err)
		}
		checkModes(t, w.dir, file)
	})
	t.Run("without labels", func(t *testing.T) {
		w := newWorld(t)
		file, err := w.dumper(Limit{Bytes: 50 * textfmt.MiB}).Dump(t.Context(), "x")
		if err != nil {
			t.Fatal(err)
		}
		checkModes(t, w.dir, file)
	})
	t.Run("marker", func(t *testing.T) {
		dir := filepath.Join(t.TempDir(), "heap-dumps")
		var marker exitMarker
		if err := marker.write(dir, exitState{Host: "host"}); err != nil {
			t.Fatal(err)
		}
		checkModes(t, dir, File{Path: marker.path, MetadataPath: marker.path})
		if err := marker.remove(); err != nil {
			t.Error(err)
		}
	})
}
