package main

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"go/types"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/otelmem/otelmem-go/examples/zoo/drive"
	"github.com/otelmem/otelmem-go/examples/zoo/service"
)

// TestMain lets the driver start this test program as a service.
func TestMain(m *testing.M) {
	if len(os.Args) > 1 && os.Args[1] == "-serve" {
		main()
		return
	}
	os.Exit(m.Run())
}

// longest is how long a case may take to show what it does, on a busy machine.
const longest = 45 * time.Second

// TestShortCases runs each of the short cases wrapped until the figures show the
// leak, in its operation and from its line.
func TestShortCases(t *testing.T) {
	if testing.Short() {
		t.Skip("runs a dozen services, for some seconds each")
	}
	selected, err := choose("short")
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range selected {
		t.Run(c.Name, func(t *testing.T) {
			t.Parallel()
			if c.Leaks() {
				leakShows(t, c)
			} else {
				innocentStays(t, c)
			}
		})
	}
}

func leakShows(t *testing.T, c *service.Case) {
	o := drive.Options{Variant: drive.Wrapped, Duration: longest, Interval: time.Second, Enough: func(r *service.Reading) bool { return shows(c, r) == nil }}
	done, err := drive.Do(t.Context(), c, o)
	if err != nil {
		t.Fatal(err)
	}
	if len(done.Readings) == 0 {
		t.Fatal("no reading")
	}
	last := &done.Readings[len(done.Readings)-1]
	t.Logf("after %.0f s: %s", last.Seconds, last.Headline)
	if err := shows(c, last); err != nil {
		t.Error(err)
	}
}

// shows says why a reading does not show the leak yet.
func shows(c *service.Case, r *service.Reading) error {
	for i := range r.Rows {
		row := &r.Rows[i]
		if row.Name != c.Operation {
			continue
		}
		switch c.Kind {
		case service.Goroutine:
			if row.Goroutines < 50 {
				return fmt.Errorf("%s has %d goroutines, want 50 or more", row.Name, row.Goroutines)
			}
		case service.Outside:
			if r.Outside < 4<<20 || row.Outside < 2<<20 {
				return fmt.Errorf("%d bytes outside Go, and %d while %s ran: want 4 and 2 MiB or more", r.Outside, row.Outside, row.Name)
			}
		default:
			if row.Live < 4<<20 || row.By != "tag" {
				return fmt.Errorf("%s holds %d bytes by %q, want 4 MiB or more by tag", row.Name, row.Live, row.By)
			}
			if first := row.Lines[0]; !strings.HasSuffix(first, c.Lines()[0]) {
				return fmt.Errorf("%s allocates at %s, want %s", row.Name, first, c.Lines()[0])
			}
		}
		return nil
	}
	return fmt.Errorf("there is no row of %s", c.Operation)
}

// TestALeakIsSeenFromOutside watches a service that knows nothing of the module.
func TestALeakIsSeenFromOutside(t *testing.T) {
	if testing.Short() {
		t.Skip("builds the command, and runs two services for half a minute")
	}
	dir := t.TempDir()
	command, err := drive.BuildCommand(t.Context(), dir)
	if err != nil {
		t.Fatal(err)
	}
	// The memory of the race detector, of which this may be built, looks like the service's.
	program := filepath.Join(dir, "zoo")
	if out, err := exec.CommandContext(t.Context(), "go", "build", "-o", program, ".").CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	for _, name := range []string{"map-by-user", "blocked-send"} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			done, err := drive.Do(t.Context(), service.Find(name), drive.Options{
				Variant: drive.Outside, Duration: 30 * time.Second, Interval: 3 * time.Second, Command: command, Program: program,
			})
			if err != nil {
				t.Fatal(err)
			}
			if o := done.Judge(); !o.RightAtEnd {
				t.Errorf("after %d readings: %s", len(done.Readings), o.Last)
			}
		})
	}
}

// ofInnocents are the operations of the innocents among the short cases.
var ofInnocents = map[string]string{
	"pool-churn": "GET /api/export", "table-at-start": "build_index", "json-churn": "GET /api/search",
}

func innocentStays(t *testing.T, c *service.Case) {
	done, err := drive.Do(t.Context(), c, drive.Options{Variant: drive.Wrapped, Duration: 15 * time.Second, Interval: time.Second})
	if err != nil {
		t.Fatal(err)
	}
	outcome := done.Judge()
	if outcome.Countdown {
		t.Error("there is a countdown to a limit, and nothing leaks")
	}
	for _, accused := range outcome.Accused {
		if strings.HasPrefix(accused, ofInnocents[c.Name]) {
			t.Errorf("accused: %s", accused)
		}
	}
}

// A route of a case must not be in the way of its neighbours'.
func TestEachCaseStartsBesideItsNeighbours(t *testing.T) {
	if testing.Short() {
		t.Skip("starts a process for each case")
	}
	for _, c := range service.Cases() {
		t.Run(c.Name, func(t *testing.T) {
			t.Parallel()
			// Its stdin has ended, and so does it.
			out, err := exec.CommandContext(t.Context(), os.Args[0], "-serve", c.Name, "-variant", "outside", "-dir", t.TempDir()).CombinedOutput()
			if err != nil || !strings.Contains(string(out), "READY") {
				t.Errorf("%v: %s", err, out)
			}
		})
	}
}

func TestThereAreEnoughOfEach(t *testing.T) {
	leaks, err := choose("leaks")
	if err != nil {
		t.Fatal(err)
	}
	innocents, err := choose("innocents")
	if err != nil {
		t.Fatal(err)
	}
	if len(leaks) < 45 || len(innocents) < 15 {
		t.Errorf("%d leaks and %d innocents, want 45 and 15 or more", len(leaks), len(innocents))
	}
}

// Which functions are right answers is written in each case: they must be there.
func TestRightAnswersAreFunctionsOfTheSource(t *testing.T) {
	for _, c := range service.Cases() {
		if !c.Leaks() {
			continue
		}
		file, _, _ := strings.Cut(c.Lines()[0], ":")
		declared := functions(t, file)
		for _, function := range c.Functions {
			if !declared[function] {
				t.Errorf("%s: %s is not a function of %s", c.Name, function, file)
			}
		}
	}
}

// functions are those that a file declares, as the runtime names them.
func functions(t *testing.T, file string) map[string]bool {
	t.Helper()
	parsed, err := parser.ParseFile(token.NewFileSet(), path.Clean(file), nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	names := make(map[string]bool)
	for _, declaration := range parsed.Decls {
		f, ok := declaration.(*ast.FuncDecl)
		if !ok {
			continue
		}
		name := f.Name.Name
		if f.Recv != nil {
			receiver := types.ExprString(f.Recv.List[0].Type)
			if strings.HasPrefix(receiver, "*") {
				receiver = "(" + receiver + ")"
			}
			name = receiver + "." + name
		}
		names[name] = true
	}
	return names
}

func TestBadFlagsAreNamed(t *testing.T) {
	good := settings{cases: "short", variant: "wrapped", duration: time.Minute, interval: time.Second}
	for want, change := range map[string]func(*settings){
		"-duration 1ms":        func(s *settings) { s.duration = time.Millisecond },
		"-interval 1ms":        func(s *settings) { s.interval = time.Millisecond },
		"-onset 1m0s":          func(s *settings) { s.onset = time.Minute },
		`-variant "naked"`:     func(s *settings) { s.variant = "naked" },
		`-case "no-such-case"`: func(s *settings) { s.cases = "map-by-user,no-such-case" },
		`-serve "no-such"`:     func(s *settings) { s.serve = "no-such" },
	} {
		s := good
		change(&s)
		if err := run(s); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("error %v, want one with %s", err, want)
		}
	}
}
