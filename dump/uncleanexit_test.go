package dump

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/otelmem/otelmem-go/internal/memstat"
)

func TestKilledProcessIsToldOnceByTheNext(t *testing.T) {
	for name, test := range map[string]struct {
		at     Kind
		dumped bool
	}{
		"before its profile is written": {Crossed, false},
		"after":                         {Written, true},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			victim := exec.CommandContext(t.Context(), os.Args[0])
			victim.Env = append(os.Environ(), victimDir+"="+w.dir, victimKind+"="+string(test.at))
			if out, err := victim.CombinedOutput(); err == nil || victim.ProcessState.ExitCode() == 3 {
				t.Fatalf("it was not killed: %v\n%s", err, out)
			}
			first := w.dumper(memstat.Limit{})
			w.start(first, nil)
			e := w.await(UncleanExit)
			if !strings.Contains(e.Text, "while it used 100MB") {
				t.Errorf("told %q", e.Text)
			}
			entries, err := first.List()
			if err != nil || len(entries) == 1 != test.dumped {
				t.Fatalf("profiles %v, %v, want one: %t", entries, err, test.dumped)
			}
			if test.dumped && (e.File != entries[0].File || !strings.Contains(e.Text, e.File.Path)) {
				t.Errorf("told %+v, want its last profile %v", e, entries[0].File)
			}
			if left, err := filepath.Glob(filepath.Join(w.dir, statePrefix+"*")); err != nil || len(left) != 0 {
				t.Errorf("it would be told again: %v, %v", left, err)
			}
		})
	}
}

func TestProcessThatRunsIsNotTold(t *testing.T) {
	inBubble(t, func(t *testing.T, w *world) {
		w.start(w.dumper(memstat.Limit{}), nil)
		w.use(70 * memstat.MiB)
		w.after(time.Second)
		w.use(10 * memstat.MiB)
		other := newWorld(t)
		other.dir = w.dir
		other.start(other.dumper(memstat.Limit{}), nil)
		if told := other.after(100 * time.Millisecond); told != nil {
			t.Errorf("told %v of a process that runs", told)
		}
	})
}

func TestStatesWithoutALock(t *testing.T) {
	host, _ := os.Hostname()
	state := exitState{Tool: sideTool, Host: host, Process: os.Getpid(), Began: processBegan}
	for name, test := range map[string]struct {
		change func(*exitState)
		told   bool
	}{
		"our own":                         {func(*exitState) {}, false},
		"our id, of an earlier process":   {func(s *exitState) { s.Began = s.Began.Add(-time.Hour) }, true},
		"of a process that runs":          {func(s *exitState) { s.Process = os.Getppid() }, false},
		"of a process that is gone":       {func(s *exitState) { s.Process = 999_999_999 }, true},
		"of another host":                 {func(s *exitState) { s.Process, s.Host = 999_999_999, "elsewhere" }, false},
		"of another tool":                 {func(s *exitState) { s.Process, s.Tool = 999_999_999, "other" }, false},
		"of a process that held its lock": {func(s *exitState) { s.Process, s.Locked = os.Getppid(), true }, true},
	} {
		t.Run(name, func(t *testing.T) {
			s, dir := state, t.TempDir()
			test.change(&s)
			text, err := json.Marshal(s)
			if err != nil {
				t.Fatal(err)
			}
			put(t, dir, statePrefix+slug(host)+"-1.json", string(text)+"\n rest of a longer text")
			states, err := takeUnclean(dir, host)
			if err != nil || len(states) == 1 != test.told {
				t.Errorf("states %v, %v, want one: %t", states, err, test.told)
			}
			if left := names(t, dir); len(left) == 0 != test.told {
				t.Errorf("left %v", left)
			}
		})
	}
}

func TestNoteKeepsTheNewestState(t *testing.T) {
	var note exitNote
	dir := t.TempDir()
	if err := note.remove(); err != nil {
		t.Errorf("remove what was never written: %v", err)
	}
	for _, path := range []string{strings.Repeat("long", 100), "short"} {
		if err := note.write(dir, exitState{Tool: sideTool, Host: "host", LastDump: File{Path: path}}); err != nil {
			t.Fatal(err)
		}
	}
	text, err := os.ReadFile(note.path)
	if err != nil {
		t.Fatal(err)
	}
	var state exitState
	if err := json.Unmarshal(text, &state); err != nil || state.LastDump.Path != "short" {
		t.Errorf("note %q, %v", text, err)
	}
	if err := note.remove(); err != nil || len(names(t, dir)) != 0 {
		t.Errorf("left %v, %v", names(t, dir), err)
	}
}
