package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// The demonstration shows what README says it shows, in a few seconds: the answer last.
func TestItEndsWithTheAnswer(t *testing.T) {
	t.Chdir(t.TempDir())
	out := captured(t, func() {
		err := run(settings{addr: "127.0.0.1:0", duration: 4 * time.Second, load: 200, thresholds: "1MiB"})
		if err != nil {
			t.Error(err)
		}
	})
	for _, want := range []string{"See its memory:  http://127.0.0.1:", "[DUMP] Heap profile written: "} {
		if !strings.Contains(out, want) {
			t.Errorf("the output has no %q:\n%s", want, out)
		}
	}
	lines := strings.Split(strings.TrimSpace(out), "\n")
	last := strings.Join(lines[max(0, len(lines)-24):], "\n")
	for _, want := range []string{"GET /api/records ", "examples/leakyserver/service.go:60", "OPERATION", "go tool pprof"} {
		if !strings.Contains(last, want) {
			t.Errorf("the last screen has no %q:\n%s", want, last)
		}
	}
	if len(lines) > 60 {
		t.Errorf("%d lines in four seconds", len(lines))
	}
	if profiles, err := filepath.Glob("logs/heap-dumps/heapdump_threshold_1MB_*.pb.gz"); err != nil || len(profiles) != 1 {
		t.Errorf("profiles %v, %v, want one", profiles, err)
	}
}

func TestBadFlagsAreNamed(t *testing.T) {
	t.Chdir(t.TempDir())
	good := settings{addr: "127.0.0.1:0", duration: time.Second, load: 1, thresholds: "1GiB"}
	for want, change := range map[string]func(*settings){
		"-duration -1s":         func(s *settings) { s.duration = -time.Second },
		"-load 1000000":         func(s *settings) { s.load = 1_000_000 },
		"-addr nowhere":         func(s *settings) { s.addr = "nowhere" },
		`threshold size "lots"`: func(s *settings) { s.thresholds = "lots" },
	} {
		s := good
		change(&s)
		if err := run(s); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("error %v, want one with %s", err, want)
		}
	}
}

// captured returns what f prints.
func captured(t *testing.T, f func()) string {
	t.Helper()
	file, err := os.Create(filepath.Join(t.TempDir(), "out"))
	if err != nil {
		t.Fatal(err)
	}
	old := os.Stdout
	os.Stdout = file
	defer func() { os.Stdout = old }()
	f()
	if err := file.Close(); err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(file.Name())
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}
