package dump

import (
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/otelmem/otelmem-go/internal/memstat"
	"github.com/otelmem/otelmem-go/internal/textfmt"
)

func TestKilledProcessIsReportedOnceByTheNext(t *testing.T) {
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
			first := w.dumper(Limit{})
			w.start(first, nil)
			e := w.await(UncleanExit)
			if !strings.Contains(e.Text, "while it used 100MB") {
				t.Errorf("reported %q", e.Text)
			}
			entries, err := first.List()
			if err != nil || len(entries) == 1 != test.dumped {
				t.Fatalf("profiles %v, %v, want one: %t", entries, err, test.dumped)
			}
			if test.dumped && (e.File != entries[0].File || !strings.Contains(e.Text, e.File.Path)) {
				t.Errorf("reported %+v, want its last profile %v", e, entries[0].File)
			}
			if left, err := filepath.Glob(filepath.Join(w.dir, markerPrefix+"*")); err != nil || len(left) != 0 {
				t.Errorf("it would be reported again: %v, %v", left, err)
			}
		})
	}
}

func TestProcessThatRunsIsNotReported(t *testing.T) {
	inBubble(t, func(t *testing.T, w *world) {
		w.start(w.dumper(Limit{}), nil)
		w.use(70 * textfmt.MiB)
		w.after(time.Second)
		w.use(10 * textfmt.MiB)
		other := newWorld(t)
		other.dir = w.dir
		other.start(other.dumper(Limit{}), nil)
		if kinds := other.after(100 * time.Millisecond); kinds != nil {
			t.Errorf("reported %v of a process that runs", kinds)
		}
	})
}

func TestMarkersWithoutALock(t *testing.T) {
	host, _ := os.Hostname()
	state := exitState{Tool: metadataTool, Host: host, Process: os.Getpid(), Started: processStarted}
	for name, test := range map[string]struct {
		change   func(*exitState)
		reported bool
	}{
		"our own":                         {func(*exitState) {}, false},
		"our id, of an earlier process":   {func(s *exitState) { s.Started = s.Started.Add(-time.Hour) }, true},
		"of a process that runs":          {func(s *exitState) { s.Process = os.Getppid() }, false},
		"of a process that is gone":       {func(s *exitState) { s.Process = 999_999_999 }, true},
		"of another host":                 {func(s *exitState) { s.Process, s.Host = 999_999_999, "elsewhere" }, false},
		"of another tool":                 {func(s *exitState) { s.Process, s.Tool = 999_999_999, "other" }, false},
		"of a process that had it locked": {func(s *exitState) { s.Process, s.Locked = os.Getppid(), true }, true},
	} {
		t.Run(name, func(t *testing.T) {
			s, dir := state, t.TempDir()
			test.change(&s)
			text, err := json.Marshal(s)
			if err != nil {
				t.Fatal(err)
			}
			put(t, dir, markerPrefix+safeName(host)+"-1.json", string(text)+"\n rest of a longer text")
			states, err := takeUncleanExits(dir, host)
			if err != nil || len(states) == 1 != test.reported {
				t.Errorf("states %v, %v, want one: %t", states, err, test.reported)
			}
			if left := names(t, dir); len(left) == 0 != test.reported {
				t.Errorf("left %v", left)
			}
		})
	}
}

func TestMarkerKeepsTheNewestState(t *testing.T) {
	var marker exitMarker
	dir := t.TempDir()
	if err := marker.remove(); err != nil {
		t.Errorf("remove what was never written: %v", err)
	}
	for _, path := range []string{strings.Repeat("long", 100), "short"} {
		if err := marker.write(dir, exitState{Tool: metadataTool, Host: "host", LastDump: File{Path: path}}); err != nil {
			t.Fatal(err)
		}
	}
	text, err := os.ReadFile(marker.path)
	if err != nil {
		t.Fatal(err)
	}
	var state exitState
	if err := json.Unmarshal(text, &state); err != nil || state.LastDump.Path != "short" {
		t.Errorf("marker %q, %v", text, err)
	}
	if err := marker.remove(); err != nil || len(names(t, dir)) != 0 {
		t.Errorf("left %v, %v", names(t, dir), err)
	}
}

func TestMarkerThatTheDiskHadNoRoomForIsReportedAndRemoved(t *testing.T) {
	host, _ := os.Hostname()
	ended := fmt.Sprintf("%s%s-999999999-1764151500000-123.json", markerPrefix, safeName(host))
	for name, test := range map[string]struct {
		file, text string
		want       string
	}{
		"empty":              {ended, "", "process 999999999, started 2025-11-26T10:05:00Z, ended without Shutdown"},
		"broken":             {ended, "{\"tool\":\"otel", "process 999999999"},
		"of another host":    {markerPrefix + "elsewhere-999999999-1764151500000-123.json", "", ""},
		"without a process":  {markerPrefix + safeName(host) + "-x.json", "", ""},
		"of a longer host":   {markerPrefix + safeName(host) + "-b-999999999-1764151500000-1.json", "", ""},
		"not one of a state": {"notes.json", "", ""},
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			put(t, dir, test.file, test.text)
			states, err := takeUncleanExits(dir, host)
			if err != nil {
				t.Fatal(err)
			}
			var told strings.Builder
			for _, s := range states {
				told.WriteString(uncleanExitText(s, memstat.Evidence{}))
			}
			text := told.String()
			if !strings.HasPrefix(text, test.want) || (text == "") != (test.want == "") {
				t.Errorf("reported %q, want %q", text, test.want)
			}
			if left := names(t, dir); (len(left) == 0) != (test.want != "") {
				t.Errorf("left %v", left)
			}
		})
	}
}

func TestEmptyMarkerOfAProcessThatRunsStays(t *testing.T) {
	var marker exitMarker
	dir, host := t.TempDir(), "host"
	if err := marker.write(dir, exitState{Tool: metadataTool, Host: host}); err != nil {
		t.Fatal(err)
	}
	if err := os.Truncate(marker.path, 0); err != nil {
		t.Fatal(err)
	}
	if states, err := takeUncleanExits(dir, host); err != nil || len(states) != 0 {
		t.Errorf("reported %v, %v", states, err)
	}
	if err := marker.close(); err != nil {
		t.Fatal(err)
	}
	if err := marker.write(dir, exitState{Host: host}); err != nil || len(names(t, dir)) != 0 {
		t.Errorf("written after Shutdown: %v, %v", names(t, dir), err)
	}
}
