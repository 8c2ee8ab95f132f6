package compare

import (
	"bytes"
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"runtime/pprof"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/otelmem/otelmem-go/dump"
	"github.com/otelmem/otelmem-go/internal/heaptag"
	"github.com/otelmem/otelmem-go/internal/textfmt"
)

// unlabelledDump writes a profile with a limit so near that there is no headroom for labels.
func unlabelledDump(t *testing.T) dump.File {
	t.Helper()
	read := func() dump.Memory { return dump.Memory{Time: time.Now(), RSS: 70 * textfmt.MiB} }
	d, err := dump.New(read, dump.Limit{Bytes: 100 * textfmt.MiB}, dump.WithDir(t.TempDir()))
	if err != nil {
		t.Fatal(err)
	}
	file, err := d.Dump(t.Context(), "unlabelled")
	if err != nil {
		t.Fatal(err)
	}
	if metadata, err := dump.ReadMetadata(file.MetadataPath); err != nil || metadata.Labelled {
		t.Fatalf("the dump has labels: %v", err)
	}
	return file
}

func TestAnUnlabelledDumpIsLabelledByItsMetadataFile(t *testing.T) {
	tag := heaptag.Default.Tag("GET /kept", "api_kept")
	var kept []byte
	heaptag.Do(tag.ID, func() { kept = bytes.Repeat([]byte{1}, 16<<20) })
	runtime.GC()
	runtime.GC()
	file := unlabelledDump(t)
	before, err := os.ReadFile(file.Path)
	if err != nil {
		t.Fatal(err)
	}
	p, err := Read(file.Path)
	if err != nil {
		t.Fatal(err)
	}
	rows, err := Rows(nil, p, Operation)
	if err != nil || rows[0].Name != "GET /kept" || rows[0].Category != "api_kept" || rows[0].Now < 8<<20 {
		t.Errorf("the first row is %+v, %v", rows[0], err)
	}
	if notes := Notes(nil, p); len(notes) > 0 {
		t.Errorf("notes %q, want none", notes)
	}
	if after, err := os.ReadFile(file.Path); err != nil || !bytes.Equal(before, after) {
		t.Errorf("reading changed the file: %v", err)
	}

	if err := os.Remove(file.MetadataPath); err != nil {
		t.Fatal(err)
	}
	p, err = Read(file.Path)
	if err != nil {
		t.Fatal(err)
	}
	if notes := Notes(nil, p); len(notes) != 1 || !strings.Contains(notes[0], "no labels") {
		t.Errorf("without a metadata file the notes are %q", notes)
	}
	if rows, err := Rows(nil, p, Operation); err != nil || slices.ContainsFunc(rows, func(r Row) bool { return r.Name == "GET /kept" }) {
		t.Errorf("without a metadata file the rows are %+v, %v", rows, err)
	}
	runtime.KeepAlive(kept)
}

// A service that wraps nothing has no tag on any stack.
func TestAnUnlabelledDumpWithoutTagsIsLabelledByWhatWasLearned(t *testing.T) {
	path := newHeap().
		holds("", 2<<20, 2, frame{"example.com/app.keep", 10}, frame{"example.com/app.syncStock", 20}, frame{"example.com/app.main", 30}).
		holds("", 1<<20, 1, frame{"example.com/app.keep", 10}, frame{"example.com/app.main", 31}).
		file(t)
	metadata, err := json.Marshal(dump.Metadata{Tool: "otelmem", Version: 1, Tags: dump.Tags{
		Layout: heaptag.Layout, StackDepth: 128,
		Functions: map[string]dump.Owner{"example.com/app.syncStock": {Operation: "sync_stock", Category: "sync"}},
	}})
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(dump.MetadataPath(path), metadata, 0o600); err != nil {
		t.Fatal(err)
	}
	p, err := Read(path)
	if err != nil {
		t.Fatal(err)
	}
	rows, err := Rows(nil, p, Operation)
	if err != nil || len(rows) != 2 || rows[0].Name != "sync_stock" || rows[0].Category != "sync" || rows[0].Now != 2<<20 || rows[1].Name != "example.com/app.main" {
		t.Errorf("rows %+v, %v; want sync_stock, and app.main for what nobody owns", rows, err)
	}
}

func TestTagsOfAnotherLayoutAreRefused(t *testing.T) {
	heaptag.Do(heaptag.Default.Tag("GET /other", "api").ID, func() { sink = make([]byte, 16<<20) })
	file := unlabelledDump(t)
	text, err := os.ReadFile(file.MetadataPath)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file.MetadataPath, bytes.Replace(text, []byte(heaptag.Layout), []byte("other"), 1), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := Read(file.Path); err == nil || !strings.Contains(err.Error(), `"other"`) {
		t.Errorf("error %v, want one that names the layout", err)
	}
}

var sink []byte

func TestReadSaysWhatIsWrongWithAFile(t *testing.T) {
	dir := t.TempDir()
	whole, err := os.ReadFile(before().file(t))
	if err != nil {
		t.Fatal(err)
	}
	var cpu bytes.Buffer
	if err := pprof.StartCPUProfile(&cpu); err != nil {
		t.Fatal(err)
	}
	pprof.StopCPUProfile()
	for name, c := range map[string]struct {
		data []byte
		want string
	}{
		"empty":     {nil, "is empty"},
		"truncated": {whole[:len(whole)/2], "truncated"},
		"cpu":       {cpu.Bytes(), `"samples/count, cpu/nanoseconds"`},
		"text":      {[]byte("no profile\n"), "format of pprof"},
		"html":      {[]byte("<!doctype html><title>404"), "format of pprof"},
	} {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, c.data, 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := Read(path); err == nil || !strings.Contains(err.Error(), c.want) || !strings.Contains(err.Error(), path) {
			t.Errorf("%s: error %v, want one with %q and the path", name, err, c.want)
		}
	}
	if _, err := Read(filepath.Join(dir, "nowhere")); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("error %v, want that the file is not there", err)
	}
	if _, err := Read(dir); err == nil {
		t.Error("a folder is read as a profile")
	}
}

func TestNotesWarnOfWhatWouldMislead(t *testing.T) {
	base, now := before(), after()
	base.TimeNanos, now.TimeNanos = int64(20*time.Second), int64(5*time.Second)
	now.Period = 1
	empty := newHeap()
	for _, c := range []struct {
		base, now *builder
		want      []string
	}{
		{base, now, []string{"15s newer", "once in 524288 and once in 1 bytes"}},
		{empty, before(), []string{"the base is empty"}},
		{before(), empty, []string{"the current profile is empty"}},
		{before(), after(), nil},
	} {
		notes := Notes(c.base.Profile, c.now.Profile)
		if len(notes) != len(c.want) {
			t.Errorf("notes %q, want %q", notes, c.want)
			continue
		}
		for i, want := range c.want {
			if !strings.Contains(notes[i], want) {
				t.Errorf("note %q, want %q", notes[i], want)
			}
		}
	}
}
