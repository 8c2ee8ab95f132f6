package memstat

import (
	"os"
	"path/filepath"
	"runtime"
	"runtime/debug"
	"syscall"
	"testing"

	"github.com/otelmem/otelmem-go/internal/race"
)

func TestParseStatm(t *testing.T) {
	for line, want := range map[string]struct {
		rss, shared int64
		ok          bool
	}{
		"1000 250 75 1 0 300 0\n": {250, 75, true},
		"1000 250 75":             {250, 75, true},
		"1000 250":                {0, 0, false},
		"":                        {0, 0, false},
		"a b c\n":                 {0, 0, false},
		"1000  250 75\n":          {0, 0, false},
	} {
		rss, shared, ok := parseStatm([]byte(line))
		if ok != want.ok || ok && (rss != want.rss || shared != want.shared) {
			t.Errorf("parseStatm(%q) = %d, %d, %t, want %+v", line, rss, shared, ok, want)
		}
	}
}

func TestOnlyMemoryOutsideGoAndFilesIsExternal(t *testing.T) {
	if race.Enabled {
		t.Skip("the race detector maps memory of its own")
	}
	const size = 128 << 20
	for name, test := range map[string]struct {
		use    func(*testing.T) []byte
		counts bool
	}{
		"anonymous mapping": {func(t *testing.T) []byte { return mapMemory(t, -1, size, syscall.MAP_ANON|syscall.MAP_PRIVATE) }, true},
		"mapped file":       {func(t *testing.T) []byte { return mapFile(t, size) }, false},
		"Go heap":           {func(*testing.T) []byte { return make([]byte, size) }, false},
	} {
		t.Run(name, func(t *testing.T) {
			r := newTestReader(t, 0)
			debug.FreeOSMemory() // pages that Go has and never touched would hide growth
			before := r.Fresh()
			memory := test.use(t)
			for i := 0; i < len(memory); i += 4096 {
				memory[i] = 1
			}
			after := r.Fresh()
			runtime.KeepAlive(memory)
			if grew := after.RSS - before.RSS; grew < size/2 {
				t.Fatalf("RSS grew by %d bytes of %d", grew, size)
			}
			if grew := after.External - before.External; (grew > size/2) != test.counts {
				t.Errorf("External grew by %d bytes of %d, want it to count: %t", grew, size, test.counts)
			}
		})
	}
}

func mapFile(t *testing.T, size int) []byte {
	t.Helper()
	file, err := os.Create(filepath.Join(t.TempDir(), "mapped"))
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	if err := file.Truncate(int64(size)); err != nil {
		t.Fatal(err)
	}
	return mapMemory(t, int(file.Fd()), size, syscall.MAP_SHARED)
}

func mapMemory(t *testing.T, fd, size, flags int) []byte {
	t.Helper()
	mapped, err := syscall.Mmap(fd, 0, size, syscall.PROT_READ|syscall.PROT_WRITE, flags)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := syscall.Munmap(mapped); err != nil {
			t.Error(err)
		}
	})
	return mapped
}
