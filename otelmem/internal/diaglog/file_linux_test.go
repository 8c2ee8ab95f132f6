package diaglog

import (
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// A real full disk, where the test may mount one.
func TestAFullDiskLosesOnlyWhatItHadNoRoomFor(t *testing.T) {
	dir := t.TempDir()
	if err := syscall.Mount("tmpfs", dir, "tmpfs", 0, "size=16k"); err != nil {
		t.Skipf("mount a small disk: %v", err)
	}
	t.Cleanup(func() {
		if err := syscall.Unmount(dir, 0); err != nil {
			t.Error(err)
		}
	})
	l, parts, _ := fileLog(t, filepath.Join(dir, "memory.log"))
	filler := filepath.Join(dir, "filler")
	say(l, 1)
	if err := os.WriteFile(filler, make([]byte, 12<<10), 0o600); err != nil {
		t.Fatal(err)
	}
	say(l, 200) // more than a page
	if off := parts.List(); len(off) != 1 || !strings.Contains(off[0].Reason, "no space left") {
		t.Fatalf("%v are off, want the log file for want of space", off)
	}
	if err := os.Remove(filler); err != nil {
		t.Fatal(err)
	}
	say(l, 2)
	if off := parts.List(); len(off) != 0 {
		t.Errorf("%v are off though there is space", off)
	}
	text := read(t, filepath.Join(dir, "memory.log"))
	if !strings.HasSuffix(text, "[INIT] number 1.\n"+lastLine(text)) || strings.Count(text, "[RESTORED]") != 1 {
		t.Errorf("the log ends\n%s", text[max(0, len(text)-400):])
	}
	for line := range strings.Lines(text) {
		if !strings.HasPrefix(line, "[") || strings.Count(line, "[2") > 1 {
			t.Errorf("line %q is of two records", line)
		}
	}
}
