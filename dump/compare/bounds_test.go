package compare

import (
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
)

// zipped is a file of gzip.
func zipped(t testing.TB, data []byte) string {
	t.Helper()
	var b bytes.Buffer
	zip := gzip.NewWriter(&b)
	_, err := zip.Write(data)
	if err = errors.Join(err, zip.Close()); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "stranger.pb.gz")
	if err := os.WriteFile(path, b.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestASmallFileCannotTakeMuchMemory(t *testing.T) {
	for name, message := range map[string]string{
		"empty samples":       "\x12\x00",
		"empty locations":     "\x22\x00",
		"empty functions":     "\x2a\x00",
		"empty mappings":      "\x1a\x00",
		"samples of labels":   "\x12\x08\x1a\x00\x1a\x00\x1a\x00\x1a\x00",
		"locations of lines":  "\x22\x08\x22\x00\x22\x00\x22\x00\x22\x00",
		"samples of frames":   "\x12\x12\x0a\x10" + strings.Repeat("\x01", 16),
		"a field that is odd": "\x99\x06" + strings.Repeat("\x00", 8) + strings.Repeat("\x12\x00", 100),
	} {
		t.Run(name, func(t *testing.T) {
			path := zipped(t, bytes.Repeat([]byte(message), 16<<20/len(message)))
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			_, err := Read(path)
			runtime.ReadMemStats(&after)
			if err == nil || !strings.Contains(err.Error(), path) {
				t.Errorf("error %v, want one that names the file", err)
			}
			if took := after.TotalAlloc - before.TotalAlloc; took > 1<<30 {
				t.Errorf("it took %d MiB", took>>20)
			}
		})
	}
}

func TestWhatHasNoEndIsNotRead(t *testing.T) {
	path := filepath.Join(t.TempDir(), "zeros")
	if err := os.Symlink(os.DevNull, path); err != nil {
		t.Skip(err)
	}
	if _, err := Read(path); err == nil || !strings.Contains(err.Error(), "no regular file") {
		t.Errorf("a device: error %v", err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := ReadContext(ctx, before().file(t)); !errors.Is(err, context.Canceled) {
		t.Errorf("after the end of its context: error %v", err)
	}
}

// What is estimated is not less than what is taken.
func TestTheEstimateOfAParsedProfileIsAnUpperOne(t *testing.T) {
	for name, message := range map[string]string{
		"samples":            "\x12\x00",
		"samples of labels":  "\x12\x08\x1a\x00\x1a\x00\x1a\x00\x1a\x00",
		"locations of lines": "\x22\x08\x22\x00\x22\x00\x22\x00\x22\x00",
		"samples of frames":  "\x12\x12\x0a\x10" + strings.Repeat("\x00", 16),
		"functions":          "\x2a\x00",
		"strings":            "\x32\x00",
	} {
		data := append([]byte("\x32\x00"), bytes.Repeat([]byte(message), 20_000)...)
		estimate, err := parsedSize(data)
		if err != nil {
			t.Fatal(err)
		}
		var before, after runtime.MemStats
		runtime.GC()
		runtime.ReadMemStats(&before)
		p, _ := parse("estimated", data)
		runtime.GC()
		runtime.ReadMemStats(&after)
		if took := int64(after.HeapAlloc) - int64(before.HeapAlloc); took > estimate {
			t.Errorf("%s: %d bytes are taken, %d estimated", name, took, estimate)
		}
		runtime.KeepAlive(p)
	}
}

// Whatever a file contains, reading it ends, and what was read can be compared and drawn.
func FuzzRead(f *testing.F) {
	for _, b := range []*builder{before(), after(), newHeap()} {
		var plain bytes.Buffer
		if err := b.WriteUncompressed(&plain); err != nil {
			f.Fatal(err)
		}
		f.Add(plain.Bytes())
		f.Add(plain.Bytes()[:plain.Len()/2])
	}
	f.Add([]byte("\x12\x00\x12\x00"))
	f.Add([]byte("\x1f\x8b\x08\x00"))
	f.Add([]byte("\x12\x12\x0a\x10" + strings.Repeat("\x01", 16)))
	f.Add([]byte("\x99\x06" + strings.Repeat("\x00", 8)))
	path := filepath.Join(f.TempDir(), "fuzzed.pb.gz")
	f.Fuzz(func(t *testing.T, data []byte) {
		if err := os.WriteFile(path, data, 0o600); err != nil {
			t.Fatal(err)
		}
		p, err := ReadContext(t.Context(), path)
		if err != nil {
			if !strings.Contains(err.Error(), path) {
				t.Errorf("error %v names no file", err)
			}
			return
		}
		for _, by := range Keys() {
			if _, err := Rows(p, p, by); err != nil {
				t.Error(err)
			}
		}
		tree, err := Tree(p, p)
		if err != nil {
			t.Fatal(err)
		}
		if tree.Moved != 0 {
			t.Errorf("a profile differs from itself by %d bytes", tree.Moved)
		}
		Notes(p, p)
	})
}
