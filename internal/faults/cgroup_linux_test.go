package faults

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"testing"
	"time"

	sdktrace "go.opentelemetry.io/otel/sdk/trace"

	"github.com/otelmem/otelmem-go/dump"
	"github.com/otelmem/otelmem-go/internal/race"
	"github.com/otelmem/otelmem-go/otelmem"
)

// This file has real cgroups, where this is root, of either version; and a process
// that is killed for its memory.

const mib = 1 << 20

// cgroup is one that the test made.
type cgroup struct {
	t   *testing.T
	dir string
	v2  bool
}

func newCgroup(t *testing.T, limit int64) *cgroup {
	t.Helper()
	if race.Enabled {
		t.Skip("the race detector takes more memory than the cgroup has")
	}
	for _, parent := range []string{"/sys/fs/cgroup/memory", "/sys/fs/cgroup"} {
		c := &cgroup{t: t, v2: parent == "/sys/fs/cgroup", dir: filepath.Join(parent, fmt.Sprintf("otelmem-faults-%d-%d", os.Getpid(), time.Now().UnixNano()))}
		if os.Mkdir(c.dir, 0o700) != nil {
			continue
		}
		t.Cleanup(func() { _ = os.Remove(c.dir) })
		if c.limit(limit) == nil {
			return c
		}
	}
	t.Skip("no memory cgroup can be made here")
	return nil
}

func (c *cgroup) limit(bytes int64) error {
	name := "memory.limit_in_bytes"
	if c.v2 {
		name = "memory.max"
	}
	return os.WriteFile(filepath.Join(c.dir, name), []byte(strconv.FormatInt(bytes, 10)), 0o600)
}

// child is this test again, as a program in a cgroup: see TestMain.
type child struct {
	t      *testing.T
	cmd    *exec.Cmd
	in     io.WriteCloser
	lines  chan string
	stderr bytes.Buffer
}

const (
	childRole = "FAULTS_CHILD"
	childDir  = "FAULTS_DIR"
)

// run starts a child; it enters the cgroup before it allocates anything.
func (c *cgroup) run(role, dir string) *child {
	c.t.Helper()
	enter := fmt.Sprintf(`echo $$ > %s/cgroup.procs && exec "$0"`, c.dir)
	p := &child{t: c.t, cmd: exec.CommandContext(c.t.Context(), "sh", "-c", enter, os.Args[0]), lines: make(chan string, 100)}
	p.start(role, dir)
	return p
}

func (p *child) start(role, dir string) {
	p.t.Helper()
	p.cmd.Env = append(os.Environ(), childRole+"="+role, childDir+"="+dir, "GOTRACEBACK=single")
	p.cmd.Stderr = &p.stderr
	out, err := p.cmd.StdoutPipe()
	if err == nil {
		p.in, err = p.cmd.StdinPipe()
	}
	if err == nil {
		err = p.cmd.Start()
	}
	if err != nil {
		p.t.Fatal(err)
	}
	go func() {
		defer close(p.lines)
		for scanner := bufio.NewScanner(out); scanner.Scan(); {
			p.lines <- scanner.Text()
		}
	}()
	p.t.Cleanup(func() {
		_ = p.cmd.Process.Kill()
		for range p.lines { // until it has ended
		}
		_ = p.cmd.Wait()
	})
}

// says waits for a line that has all of the words.
func (p *child) says(words ...string) string {
	p.t.Helper()
	timeout := time.After(patience)
	for {
		select {
		case line, ok := <-p.lines:
			if !ok {
				_ = p.cmd.Wait() // stderr is whole then
				p.t.Fatalf("it ended before it said %q\n%s", words, p.stderr.String())
			}
			found := true
			for _, word := range words {
				found = found && strings.Contains(line, word)
			}
			if found {
				return line
			}
		case <-timeout:
			p.t.Fatalf("it did not say %q", words)
		}
	}
}

func TestMain(m *testing.M) {
	switch role := os.Getenv(childRole); role {
	case "":
		os.Exit(m.Run())
	case "holder":
		hold()
	case "leaker":
		leak()
	case "next":
		next()
	default:
		fmt.Fprintln(os.Stderr, "unknown role", role)
		os.Exit(2)
	}
}

type lines struct{}

func (lines) Write(p []byte) (int, error) { return os.Stdout.Write(p) }

func childDiagnostics(next sdktrace.SpanProcessor) (*otelmem.Diagnostics, *sdktrace.TracerProvider) {
	mem, err := otelmem.New(otelmem.WithEnabled(true), otelmem.WithDumpDir(os.Getenv(childDir)),
		otelmem.WithLogFile("none"), otelmem.WithLogger(slogTo(lines{})))
	if err != nil {
		panic(err)
	}
	tp := sdktrace.NewTracerProvider(sdktrace.WithSpanProcessor(mem.SpanProcessor(next)))
	if err := mem.Start(context.Background(), tp, nil); err != nil {
		panic(err)
	}
	return mem, tp
}

// hold allocates and frees as it is told: a number of MiB, or a word.
func hold() {
	mem, _ := childDiagnostics(nil)
	var held [][]byte
	for scanner := bufio.NewScanner(os.Stdin); scanner.Scan(); {
		switch word := scanner.Text(); word {
		case "dump":
			_, err := mem.Dump(context.Background(), "told")
			fmt.Println("dump:", err)
		case "limit":
			r, _ := mem.Report(context.Background())
			fmt.Println("limit:", r.Process.Limit/mib, r.Process.LimitSource, "used", r.Process.LimitUsed/mib)
		case "free":
			held = nil
			runtime.GC()
			fmt.Println("freed")
		default:
			n, _ := strconv.Atoi(word)
			held = append(held, bytes.Repeat([]byte{1}, n*mib))
			fmt.Println("holds", len(held))
		}
	}
	fmt.Println("shutdown:", mem.Shutdown(context.Background()))
}

func TestALimitThatIsSetAnewWhileTheProcessRuns(t *testing.T) {
	if testing.Short() {
		t.Skip("two profiles at thresholds are a minute apart")
	}
	c := newCgroup(t, 120*mib)
	p := c.run("holder", t.TempDir())
	say := func(word string) { fmt.Fprintln(p.in, word) }
	say("limit")
	p.says("limit: 120 cgroup")
	say("70")
	p.says("msg=", "memory crossed 50%")
	p.says("Heap profile written")
	if err := c.limit(2000 * mib); err != nil {
		t.Fatal(err)
	}
	p.says("kind=CONFIG", "The memory limit is 2.0GB (cgroup); it was 120MB (cgroup)")
	say("100") // 100 MiB more than the old limit had room for
	p.says("holds 2")
	say("dump")
	if line := p.says("dump:"); line != "dump: <nil>" {
		t.Errorf("said %q", line)
	}
	if err := c.limit(300 * mib); err != nil {
		t.Fatal(err)
	}
	p.says("memory crossed", "%")
	_ = p.in.Close()
	p.says("shutdown: <nil>")
}

func TestMemoryOfASidecarCounts(t *testing.T) {
	c := newCgroup(t, 400*mib)
	sidecar, p := c.run("holder", t.TempDir()), c.run("holder", t.TempDir())
	p.says("INIT")
	fmt.Fprintln(sidecar.in, "230")
	sidecar.says("holds 1")
	p.says("memory crossed", "%")
	var line string
	for range 100 { // what was read a moment ago is said again
		fmt.Fprintln(p.in, "limit")
		line = p.says("limit:")
		var limit, used int
		if _, err := fmt.Sscanf(line, "limit: %d cgroup used %d", &limit, &used); err == nil && limit == 400 && used >= 230 {
			return
		}
		time.Sleep(10 * time.Millisecond)
	}
	t.Errorf("said %q, want that more than 230 of 400 are used", line)
}

func TestWithoutProcItSaysSoAndRuns(t *testing.T) {
	if os.Getuid() != 0 {
		t.Skip("only root can hide /proc")
	}
	if _, err := exec.LookPath("unshare"); err != nil {
		t.Skip(err)
	}
	script := `mount -t tmpfs none /proc && exec "$0"`
	p := &child{t: t, cmd: exec.CommandContext(t.Context(), "unshare", "-m", "sh", "-c", script, os.Args[0]), lines: make(chan string, 100)}
	p.start("holder", t.TempDir())
	p.says("kind=DISABLED", "part=limit", "/proc/self/cgroup")
	fmt.Fprintln(p.in, "10")
	p.says("holds 1")
	fmt.Fprintln(p.in, "dump")
	if line := p.says("dump:"); line != "dump: <nil>" {
		t.Errorf("said %q", line)
	}
	_ = p.in.Close()
	p.says("shutdown: <nil>")
}

// spans says the names of spans that have left.
type spans struct{}

func (spans) ExportSpans(_ context.Context, all []sdktrace.ReadOnlySpan) error {
	for _, s := range all {
		fmt.Println("span:", s.Name())
	}
	return nil
}
func (spans) Shutdown(context.Context) error { return nil }

var leaked [][]byte

//go:noinline
func keepForEver() { leaked = append(leaked, bytes.Repeat([]byte{1}, mib/2)) }

// leak leaks until it is killed: 60 MiB a second.
func leak() {
	_, tp := childDiagnostics(sdktrace.NewBatchSpanProcessor(spans{}))
	for {
		ctx, span := tp.Tracer("test").Start(context.Background(), "leak")
		otelmem.Do(ctx, "the leaker", func(context.Context) { keepForEver() })
		span.End()
		time.Sleep(8 * time.Millisecond)
	}
}

// next is the process that starts after one that was killed.
func next() {
	mem, _ := childDiagnostics(nil)
	time.Sleep(100 * time.Millisecond)
	_ = mem.Shutdown(context.Background())
	fmt.Println("over")
}

// A crash drill: of each kill, the event has left, the last profile opens and names the
// leaker, and the next start tells of it.
func TestWhatIsLeftOfAProcessThatWasKilledForItsMemory(t *testing.T) {
	kills := 2
	if testing.Short() {
		kills = 1
	}
	if n, err := strconv.Atoi(os.Getenv("FAULTS_KILLS")); err == nil {
		kills = n
	}
	c := newCgroup(t, 160*mib)
	for i := range kills {
		drill(t, c, i)
	}
}

func drill(t *testing.T, c *cgroup, number int) {
	dir := t.TempDir()
	p := c.run("leaker", dir)
	p.says("span: otelmem.threshold_crossed")
	for range p.lines { // until the kernel has killed it
	}
	if err := p.cmd.Wait(); err == nil || !strings.Contains(err.Error(), "killed") {
		t.Fatalf("kill %d: it ended by %v\n%s", number, err, p.stderr.String())
	}
	entries, err := dump.List(dir)
	if err != nil || len(entries) == 0 {
		t.Fatalf("kill %d: profiles %v, %v", number, entries, err)
	}
	last := entries[len(entries)-1]
	labelled := filepath.Join(t.TempDir(), "labelled.pb.gz")
	if err := dump.Label(last.Path, labelled); err != nil {
		t.Fatalf("kill %d: %v", number, err)
	}
	out, err := exec.CommandContext(t.Context(), "go", "tool", "pprof", "-top", "-tagfocus=operation=the leaker", labelled).CombinedOutput()
	if err != nil || !strings.Contains(string(out), "keepForEver") {
		t.Errorf("kill %d: the last profile does not name the leaker: %v\n%s", number, err, out)
	}
	after := c.run("next", dir)
	if line := after.says("unclean exit"); !strings.Contains(line, "ended without Shutdown") || !strings.Contains(line, last.Path) || !strings.Contains(line, "oom_kill went from") {
		t.Errorf("kill %d: the next start said %q, want the profile %s and the kernel's count", number, line, last.Path)
	}
	after.says("over")
}
