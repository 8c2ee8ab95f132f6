package dump

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/otelmem/otelmem-go/internal/heaptag"
	"github.com/otelmem/otelmem-go/internal/textfmt"
)

func TestProfileHasLabelsWhereThereIsRoom(t *testing.T) {
	var kept []byte
	tag := heaptag.Default.Tag("GET /labelled", "api_labelled")
	heaptag.Do(tag.ID, func() { kept = bytes.Repeat([]byte{1}, 16<<20) })
	runtime.GC()
	runtime.GC()
	raw := newWorld(t) // no room to label: the profile is raw
	raw.use(70 * textfmt.MiB)
	rawFile, err := raw.dumper(Limit{Bytes: 100 * textfmt.MiB}).Dump(t.Context(), "raw")
	if err != nil {
		t.Fatal(err)
	}
	later := filepath.Join(t.TempDir(), "later.pb.gz")
	if err := Label(rawFile.Path, later); err != nil {
		t.Fatal(err)
	}
	file, err := newWorld(t).dumper(Limit{}).Dump(t.Context(), "labelled")
	if err != nil {
		t.Fatal(err)
	}
	for path, labelled := range map[string]bool{rawFile.Path: false, later: true, file.Path: true} {
		out, err := exec.CommandContext(t.Context(), "go", "tool", "pprof", "-top", "-tagfocus=category=api_labelled", path).CombinedOutput()
		if found := strings.Contains(string(out), "TestProfileHasLabels"); err != nil || found != labelled {
			t.Errorf("%s: focus finds it %t, want %t: %v\n%s", path, found, labelled, err, out)
		}
		if metadata, err := ReadMetadata(MetadataPath(path)); err != nil || metadata.Labelled != labelled {
			t.Errorf("%s: metadata file says labelled %t, %v", path, metadata.Labelled, err)
		}
	}
	runtime.KeepAlive(kept)
}

func TestLabelRefusesWhatItCannotRead(t *testing.T) {
	file, err := newWorld(t).dumper(Limit{Bytes: 50 * textfmt.MiB}).Dump(t.Context(), "raw")
	if err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(file.MetadataPath)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file.MetadataPath, bytes.Replace(text, []byte(heaptag.Layout), []byte("other"), 1), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := Label(file.Path, file.Path); err == nil || !strings.Contains(err.Error(), `"other"`) {
		t.Errorf("error %v, want one that names the layout", err)
	}
	if err := Label("nowhere.pb.gz", "x"); err == nil || !strings.Contains(err.Error(), "nowhere") {
		t.Errorf("error %v, want one that names the file", err)
	}
}

func TestLabelLeavesForeignFiles(t *testing.T) {
	file, err := newWorld(t).dumper(Limit{}).Dump(t.Context(), "x")
	if err != nil {
		t.Fatal(err)
	}
	for name, out := range map[string]string{
		"in the profile's place":       "notes.txt",
		"in the metadata file's place": "report.json",
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			put(t, dir, out, "precious")
			target := filepath.Join(dir, strings.Replace(out, ".json", profileSuffix, 1))
			if err := Label(file.Path, target); err == nil || !strings.Contains(err.Error(), out) {
				t.Errorf("error %v, want one that names %s", err, out)
			}
			if text, err := os.ReadFile(filepath.Join(dir, out)); err != nil || string(text) != "precious" {
				t.Errorf("%s is %q, %v", out, text, err)
			}
			if left := names(t, dir); len(left) != 1 {
				t.Errorf("left %v", left)
			}
		})
	}
	out := filepath.Join(t.TempDir(), "again.pb.gz")
	for range 2 { // what is ours may be replaced
		if err := Label(file.Path, out); err != nil {
			t.Error(err)
		}
	}
}
