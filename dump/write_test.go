package dump

import (
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/otelmem/otelmem-go/internal/textfmt"
)

func TestProfileOpensInPprof(t *testing.T) {
	w := newWorld(t)
	kept := make([][]byte, 200)
	for i := range kept {
		kept[i] = make([]byte, textfmt.MiB/4)
	}
	for range 2 { // the profile lags two cycles
		runtime.GC()
	}
	file, err := w.dumper(Limit{}).Dump(t.Context(), "by hand")
	if err != nil {
		t.Fatal(err)
	}
	out, err := exec.CommandContext(t.Context(), "go", "tool", "pprof", "-top", "-sample_index=alloc_space", file.Path).CombinedOutput()
	if err != nil || !strings.Contains(string(out), "TestProfileOpensInPprof") {
		t.Errorf("go tool pprof -top: %v\n%s", err, out)
	}
	kept[0][0] = 1
}

func TestManualDumpsTakeTurnsAndNamesDoNotClash(t *testing.T) {
	const reason = "../../Ärger_1 <script>\n"
	inBubble(t, func(t *testing.T, w *world) { // all in one millisecond
		d := w.dumper(Limit{})
		var dumps sync.WaitGroup
		paths := make([]string, 8)
		for i := range paths {
			dumps.Go(func() {
				file, err := d.Dump(t.Context(), reason)
				if err != nil {
					t.Error(err)
				}
				paths[i] = file.Path
			})
		}
		dumps.Wait()
		slices.Sort(paths)
		if distinct := len(slices.Compact(paths)); distinct != 8 {
			t.Errorf("%d distinct files of 8: %v", distinct, paths)
		}
		for _, path := range paths {
			if filepath.Dir(path) != w.dir || !strings.HasPrefix(filepath.Base(path), "heapdump_manual_rger_1-script_2000-01-01T00-00-00-000Z") {
				t.Errorf("unsafe name %s", path)
			}
		}
		entries, err := d.List()
		if err != nil || len(entries) != 8 || entries[0].Metadata.Detail != reason {
			t.Errorf("list: %v, %v", entries, err)
		}
	})
}

func TestForeignProfileOfTheSameNameStays(t *testing.T) {
	dir, base := t.TempDir(), baseName("manual", time.Now())
	put(t, dir, base+profileSuffix, "precious")
	metadata := newMetadata(Memory{}, Limit{}, nil)
	file, err := newStore(dir).write(base, &metadata, writeHeap)
	if err != nil || filepath.Base(file.Path) != base+"-2"+profileSuffix {
		t.Errorf("wrote %v, %v, want the second name", file, err)
	}
	if text, err := os.ReadFile(filepath.Join(dir, base+profileSuffix)); err != nil || string(text) != "precious" {
		t.Errorf("the foreign file is %q, %v", text, err)
	}
}

func TestFailedWriteLeavesNothing(t *testing.T) {
	dir, base := t.TempDir(), baseName("manual", time.Now())
	metadata := newMetadata(Memory{}, Limit{}, nil)
	metadata.LastGC = time.Date(10_000, 1, 1, 0, 0, 0, 0, time.UTC) // cannot be encoded
	if _, err := newStore(dir).write(base, &metadata, writeHeap); err == nil {
		t.Error("want an error")
	}
	if left := names(t, dir); len(left) != 0 {
		t.Errorf("left %v", left)
	}
}

func TestEmptyProfileSaysWhy(t *testing.T) {
	rate := runtime.MemProfileRate
	runtime.MemProfileRate = 0
	defer func() { runtime.MemProfileRate = rate }()
	w := newWorld(t)
	file, err := w.dumper(Limit{}).Dump(t.Context(), "x")
	if err != nil {
		t.Fatal(err)
	}
	if e := <-w.events; !strings.Contains(e.Text, "MemProfileRate is 0") {
		t.Errorf("reported %q", e.Text)
	}
	if metadata, err := ReadMetadata(file.MetadataPath); err != nil || metadata.ProfileRate != 0 || len(metadata.Notes) != 1 {
		t.Errorf("metadata file %+v, %v", metadata, err)
	}
	if runtime.MemProfileRate != 0 {
		t.Error("the rate was changed")
	}
}
