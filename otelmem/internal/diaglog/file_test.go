//go:build unix

package diaglog

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"

	"github.com/otelmem/otelmem-go/otelmem/internal/health"
)

// fileLog is a log to path that keeps what it says on stderr.
func fileLog(t *testing.T, path string) (l *Log, parts *health.Parts, stderr *strings.Builder) {
	t.Helper()
	parts, stderr = new(health.Parts), new(strings.Builder)
	l = New(nil, path, parts)
	l.file.stderr = stderr
	t.Cleanup(func() {
		if err := l.Close(context.Background()); err != nil {
			t.Error(err)
		}
	})
	l.Start()
	return l, parts, stderr
}

func read(t *testing.T, path string) string {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func TestALogThatCannotBeWrittenIsAPartThatIsOffUntilItCan(t *testing.T) {
	blocked := filepath.Join(t.TempDir(), "folder")
	path := filepath.Join(blocked, "memory.log")
	if err := os.WriteFile(blocked, nil, 0o600); err != nil { // a file where the folder is to be
		t.Fatal(err)
	}
	l, parts, stderr := fileLog(t, path)
	off := parts.List()
	if len(off) != 1 || off[0].Part != "log file" || !strings.Contains(off[0].Reason, path) {
		t.Errorf("%v are off after Start, want the log file with its path", off)
	}
	say(l, 3)
	if n := strings.Count(stderr.String(), "\n"); n != 1 || !strings.Contains(stderr.String(), path) {
		t.Errorf("%d lines on stderr, want one that names the file: %s", n, stderr)
	}

	if err := os.Remove(blocked); err != nil {
		t.Fatal(err)
	}
	say(l, 1)
	if off := parts.List(); len(off) != 0 {
		t.Errorf("%v are off after the log was written", off)
	}
	if text := read(t, path); !strings.Contains(text, "[RESTORED] The log is written again; it lacks 3 records since ") || !strings.HasSuffix(text, "[INIT] number 1.\n") {
		t.Errorf("the log is\n%s", text)
	}
}

func TestALogThatWasRemovedIsMadeAgain(t *testing.T) {
	path := filepath.Join(t.TempDir(), "logs", "memory.log")
	l, parts, _ := fileLog(t, path)
	say(l, 2)
	if err := os.RemoveAll(filepath.Dir(path)); err != nil {
		t.Fatal(err)
	}
	say(l, 1)
	if text := read(t, path); !strings.HasSuffix(text, "number 1.\n") || strings.Count(text, "\n") != 1 {
		t.Errorf("the log is %q, want the line after the removal", text)
	}
	if off := parts.List(); len(off) != 0 {
		t.Errorf("%v are off", off)
	}
}

func TestATruncatedLogStartsWithTheNextLine(t *testing.T) {
	path := filepath.Join(t.TempDir(), "memory.log")
	l, _, _ := fileLog(t, path)
	say(l, 5)
	if err := os.Truncate(path, 0); err != nil {
		t.Fatal(err)
	}
	say(l, 1)
	if text := read(t, path); !strings.HasPrefix(text, "[") || strings.Count(text, "\n") != 1 {
		t.Errorf("the log is %q", text)
	}
}

func TestWhatIsNotALogIsNeitherWrittenNorRenamed(t *testing.T) {
	dir := t.TempDir()
	at := func(name string) string { return filepath.Join(dir, name) }
	for _, err := range []error{
		os.Mkdir(at("folder"), 0o700), syscall.Mkfifo(at("pipe"), 0o600), os.Symlink("/dev/null", at("link")),
		os.WriteFile(at("passwords"), []byte("root:x:0:0\n"), 0o600),
	} {
		if err != nil {
			t.Fatal(err)
		}
	}
	for path, want := range map[string]string{
		"/dev/null": "a device", at("folder"): "a folder", at("pipe"): "a named pipe", at("link"): "a symbolic link", at("passwords"): "does not start like",
	} {
		t.Run(want, func(t *testing.T) {
			before, err := os.Lstat(path)
			if err != nil {
				t.Fatal(err)
			}
			l, parts, _ := fileLog(t, path)
			say(l, 2)
			if off := parts.List(); len(off) != 1 || !strings.Contains(off[0].Reason, path) || !strings.Contains(off[0].Reason, want) {
				t.Errorf("%v are off, want the log file: %s %s", off, path, want)
			}
			after, err := os.Lstat(path)
			if err != nil || !os.SameFile(before, after) || before.Mode() != after.Mode() || !before.Mode().IsDir() && before.Size() != after.Size() {
				t.Errorf("%s was %v and is %v, %v", path, before, after, err)
			}
		})
	}
}

func TestOldFilesThatAreNotLogsAreNotReplaced(t *testing.T) {
	path := filepath.Join(t.TempDir(), "memory.log")
	if err := os.WriteFile(path+".2", []byte("notes\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	l, parts, _ := fileLog(t, path)
	l.file.rotating.maxBytes = 100
	say(l, 20)
	if off := parts.List(); len(off) != 1 || !strings.Contains(off[0].Reason, path+".2") {
		t.Errorf("%v are off, want the log file for %s.2", off, path)
	}
	if text := read(t, path+".2"); text != "notes\n" {
		t.Errorf("it is %q now", text)
	}
}

func TestRotationKeepsFourFilesOfWholeLines(t *testing.T) {
	path := filepath.Join(t.TempDir(), "memory.log")
	l, _, _ := fileLog(t, path)
	l.file.rotating.maxBytes = 1000
	say(l, 500)
	files, err := filepath.Glob(path + "*")
	if err != nil || len(files) != 4 {
		t.Fatalf("files %v, %v, want four", files, err)
	}
	number := 500
	for _, name := range []string{path, path + ".1", path + ".2", path + ".3"} {
		text := read(t, name)
		if len(text) > 1000 {
			t.Errorf("%s has %d bytes, want at most 1000", name, len(text))
		}
		lines := slices.Collect(strings.Lines(text))
		for _, line := range slices.Backward(lines) {
			if want := fmt.Sprintf("] number %d.\n", number); !strings.HasSuffix(line, want) {
				t.Fatalf("%s has %q, want %q", name, line, want)
			}
			number--
		}
	}
}

// Two processes with one log are two logs here: the file is all that they share.
func TestTwoLogsToOneFileKeepEachOthersLines(t *testing.T) {
	path := filepath.Join(t.TempDir(), "memory.log")
	var writers sync.WaitGroup
	for range 2 {
		l, parts, _ := fileLog(t, path)
		writers.Go(func() {
			say(l, 1000)
			if off := parts.List(); len(off) != 0 {
				t.Errorf("%v are off", off)
			}
		})
	}
	writers.Wait()
	text := read(t, path)
	if n := strings.Count(text, "[INIT] number 777.\n"); n != 2 || strings.Count(text, "\n") != 2000 {
		t.Errorf("line 777 is there %d times in %d lines, want 2 in 2000", n, strings.Count(text, "\n"))
	}
}

func TestALogThatAnotherHasRotatedIsLeft(t *testing.T) {
	path := filepath.Join(t.TempDir(), "memory.log")
	stays, _, _ := fileLog(t, path)
	say(stays, 1)
	rotates, _, _ := fileLog(t, path)
	rotates.file.rotating.maxBytes = 1
	say(rotates, 1)
	say(stays, 2)
	if text := read(t, path); !strings.HasSuffix(text, "number 1.\n"+lastLine(text)) || strings.Count(text, "\n") != 3 {
		t.Errorf("the log is\n%s", text)
	}
	if text := read(t, path+".1"); strings.Count(text, "\n") != 1 {
		t.Errorf("the old log is\n%s", text)
	}
}

func TestAClosedLogIsNotWrittenAnyMore(t *testing.T) {
	path := filepath.Join(t.TempDir(), "memory.log")
	l := New(nil, path, new(health.Parts))
	l.Start()
	say(l, 1)
	if err := l.Close(t.Context()); err != nil {
		t.Fatal(err)
	}
	say(l, 5)
	if text := read(t, path); strings.Count(text, "\n") != 1 {
		t.Errorf("the log is\n%s", text)
	}
	if l.file.rotating.file != nil {
		t.Error("the file is open again")
	}
}
