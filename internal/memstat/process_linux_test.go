package memstat

import (
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

func TestAnonymousMappingIsExternal(t *testing.T) {
	if race.Enabled {
		t.Skip("the race detector maps memory of its own")
	}
	r := newTestReader(t, 0)
	before := r.Fresh()
	const size = 128 << 20
	mapped, err := syscall.Mmap(-1, 0, size, syscall.PROT_READ|syscall.PROT_WRITE, syscall.MAP_ANON|syscall.MAP_PRIVATE)
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := syscall.Munmap(mapped); err != nil {
			t.Error(err)
		}
	}()
	for i := 0; i < len(mapped); i += 4096 {
		mapped[i] = 1
	}
	// Where Go's untouched pages held External at 0 before, they still take their part.
	if grew := r.Fresh().External - before.External; grew < size/2 || grew > size+size/10 {
		t.Errorf("External grew by %d bytes, %d were mapped", grew, size)
	}
}
