package otelmem

import (
	"strings"
	"syscall"
	"testing"
)

// Memory that is shared with others is in the resident set and in none of Go's figures.
func TestSharedMemoryIsInTheReport(t *testing.T) {
	const size = 64 << 20
	d := newDiagnostics(t)
	start(t, d, nil)
	shared, err := syscall.Mmap(-1, 0, size, syscall.PROT_READ|syscall.PROT_WRITE, syscall.MAP_ANON|syscall.MAP_SHARED)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = syscall.Munmap(shared) }()
	for i := 0; i < size; i += 4096 {
		shared[i] = 1
	}
	r, err := d.Report(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if grew := r.Process.FileBacked - r.Baseline.FileBacked; grew < size*9/10 {
		t.Errorf("it grew by %d bytes, want %d", grew, size)
	}
	if grew := r.Process.External - r.Baseline.External; grew > size/4 {
		t.Errorf("memory outside Go grew by %d bytes, want none of what is shared", grew)
	}
	for _, want := range []string{"mapped files and shared memory +6", "Growth of mapped files and shared memory: "} {
		if text := r.String(); !strings.Contains(text, want) {
			t.Errorf("the text has no %q:\n%s", want, text)
		}
	}
}
