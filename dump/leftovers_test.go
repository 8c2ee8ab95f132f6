package dump

import (
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"
)

func aged(t *testing.T, path string, age time.Duration) {
	t.Helper()
	at := time.Now().Add(-age)
	if err := os.Chtimes(path, at, at); err != nil {
		t.Fatal(err)
	}
}

func names(t *testing.T, dir string) (names []string) {
	t.Helper()
	files, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range files {
		names = append(names, f.Name())
	}
	return names
}

func TestOnlyUnfinishedFilesAreRemoved(t *testing.T) {
	const orphan = "heapdump_threshold_64MB_2025-11-26T10-05-0"
	ours, err := json.Marshal(Metadata{Tool: metadataTool, Version: metadataVersion})
	if err != nil {
		t.Fatal(err)
	}
	for name, test := range map[string]struct {
		file, text string
		age        time.Duration
		gone       bool
	}{
		"a temporary file left alone":               {tempPrefix + "1-1", "x", time.Minute, true},
		"a temporary file just created":             {tempPrefix + "1-2", "x", 59 * time.Second, false},
		"another's temporary file":                  {"other.tmp", "x", time.Hour, false},
		"a metadata file that lost its profile":     {orphan + "0-000Z.json", string(ours), time.Hour, true},
		"a reserved name":                           {orphan + "1-000Z.json", "", time.Hour, true},
		"a metadata file that waits for its own":    {orphan + "2-000Z.json", string(ours), 59 * time.Minute, false},
		"another's metadata file":                   {orphan + "3-000Z.json", `{"tool":"other"}`, time.Hour, false},
		"a metadata file of ours by another's name": {"notes.json", string(ours), time.Hour, false},
	} {
		t.Run(name, func(t *testing.T) {
			s := &store{dir: t.TempDir()}
			put(t, s.dir, test.file, test.text)
			aged(t, filepath.Join(s.dir, test.file), test.age)
			if err := s.removeLeftovers(time.Now()); err != nil {
				t.Fatal(err)
			}
			if left := names(t, s.dir); slices.Contains(left, test.file) == test.gone {
				t.Errorf("left %v, want it gone: %t", left, test.gone)
			}
		})
	}
}

func TestFileThatIsBeingWrittenIsNotRemoved(t *testing.T) {
	s := &store{dir: t.TempDir()}
	file, err := createTemp(s.dir)
	if err != nil {
		t.Fatal(err)
	}
	aged(t, file.Name(), 2*minTempAge)
	if err := s.removeLeftovers(time.Now()); err != nil || len(names(t, s.dir)) != 1 {
		t.Errorf("left %v, %v, want the file that is open", names(t, s.dir), err)
	}
	if err := file.Close(); err != nil { // as the system does for a process that was killed
		t.Fatal(err)
	}
	if err := s.removeLeftovers(time.Now().Add(minUnlockableAge)); err != nil || len(names(t, s.dir)) != 0 {
		t.Errorf("left %v, %v, want none", names(t, s.dir), err)
	}
}

func TestRemoveLeftoversNeedsNoFolder(t *testing.T) {
	if err := (&store{dir: filepath.Join(t.TempDir(), "nowhere")}).removeLeftovers(time.Now()); err != nil {
		t.Error(err)
	}
}
