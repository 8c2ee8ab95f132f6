package main

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/otelmem/otelmem-go/otelmem"
	"github.com/otelmem/otelmem-go/otelmem/debugpage"
	"github.com/otelmem/otelmem-go/otelmem/report"
)

const held = 32 << 20

// world is a service that holds memory, with two heap profiles: before and after.
type world struct {
	mem           *otelmem.Diagnostics
	dir           string
	before, after string
	kept          []byte
}

//go:noinline
func (w *world) keepOrders() { w.kept = bytes.Repeat([]byte{1}, held) }

func newWorld(t *testing.T) *world {
	t.Helper()
	w := &world{dir: t.TempDir()}
	var err error
	w.mem, err = otelmem.New(otelmem.WithEnabled(true), otelmem.WithDumpDir(w.dir), otelmem.WithLogFile("none"))
	if err != nil {
		t.Fatal(err)
	}
	if err := w.mem.Start(t.Context(), nil, nil); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = w.mem.Shutdown(context.Background()) })
	w.before = w.dump(t)
	otelmem.Do(t.Context(), "import \x1b[31morders", func(context.Context) { w.keepOrders() })
	w.after = w.dump(t)
	t.Cleanup(func() { runtime.KeepAlive(w.kept) })
	return w
}

func (w *world) dump(t *testing.T) string {
	t.Helper()
	runtime.GC()
	runtime.GC()
	f, err := w.mem.Dump(t.Context(), "test")
	if err != nil {
		t.Fatal(err)
	}
	return f.Path
}

// call runs a command in this process.
func call(t *testing.T, args ...string) (code int, stdout, stderr string) {
	t.Helper()
	var out, errs bytes.Buffer
	code = run(t.Context(), args, &out, &errs)
	return code, out.String(), errs.String()
}

// row finds a table's first row below its heading.
var row = regexp.MustCompile(`(?m)^(GREW BY|IN USE  ).*\n(.*)$`)

func firstRow(t *testing.T, table string) string {
	t.Helper()
	found := row.FindStringSubmatch(table)
	if found == nil {
		t.Fatalf("no table in:\n%s", table)
	}
	return found[2]
}

func TestDiffRanksWhatGrewFirst(t *testing.T) {
	w := newWorld(t)
	for by, want := range map[string]string{"operation": "import ", "function": "keepOrders", "line": "main_test.go:"} {
		code, out, errs := call(t, "diff", w.before, w.after, "--by", by)
		if first := firstRow(t, out); code != 0 || !strings.HasPrefix(first, "+32MB") || !strings.Contains(first, want) {
			t.Errorf("--by %s: code %d, first %q, want +32MB of %s\n%s", by, code, first, want, errs)
		}
		if strings.Contains(out, "\x1b") {
			t.Errorf("--by %s: a name steers the terminal: %q", by, out)
		}
	}
}

func TestDiffAsJSON(t *testing.T) {
	w := newWorld(t)
	_, out, _ := call(t, "diff", w.before, w.after, "--format", "json")
	var d difference
	if err := json.Unmarshal([]byte(out), &d); err != nil {
		t.Fatal(err)
	}
	if len(d.Rows) == 0 || d.Rows[0].Delta < held || d.Total.Delta < held/2 || d.By != "operation" {
		t.Errorf("got %+v", d)
	}
}

func TestDiffFailsAPipelineAboveTheGrowthAllowed(t *testing.T) {
	w := newWorld(t)
	if code, out, errs := call(t, "diff", w.before, w.after, "--max-growth", "16MiB"); code != exitTooMuch || out == "" || !strings.Contains(errs, "--max-growth 16MB") {
		t.Errorf("16MiB: code %d, %q", code, errs)
	}
	if code, _, errs := call(t, "diff", w.before, w.after, "--max-growth", "64MiB"); code != 0 {
		t.Errorf("64MiB: code %d, %q", code, errs)
	}
}

func TestTopShowsWhatHoldsMost(t *testing.T) {
	w := newWorld(t)
	code, out, errs := call(t, "top", w.after, "--by", "line", "-n", "1")
	if first := firstRow(t, out); code != 0 || !strings.Contains(first, "keepOrders") {
		t.Errorf("code %d, first %q\n%s", code, first, errs)
	}
}

func TestReportOfAFolderNamesWhatGrew(t *testing.T) {
	w := newWorld(t)
	code, out, errs := call(t, "report", w.dir)
	if code != 0 || !strings.Contains(firstRow(t, out), "import ") || !strings.Contains(out, filepath.Base(w.after)) {
		t.Errorf("code %d %s\n%s", code, errs, out)
	}
	_, out, _ = call(t, "report", w.dir, "--format", "json")
	var f folder
	if err := json.Unmarshal([]byte(out), &f); err != nil || len(f.Dumps) != 2 || f.Operations[0].Delta < held {
		t.Errorf("JSON: %v, %+v", err, f)
	}
}

func TestReportOfAServiceComesFromItsPage(t *testing.T) {
	w := newWorld(t)
	mux := http.NewServeMux()
	mux.Handle("/debug/otelmem/", debugpage.Handler(w.mem))
	server := httptest.NewServer(mux)
	defer server.Close()
	code, out, errs := call(t, "report", server.URL+"/debug/otelmem/")
	if code != 0 || !strings.Contains(out, "OPERATION") || !strings.Contains(out, "import ") {
		t.Errorf("code %d %s\n%s", code, errs, out)
	}
	_, out, _ = call(t, "report", server.URL+"/debug/otelmem", "--format", "json")
	var r report.Report
	if err := json.Unmarshal([]byte(out), &r); err != nil || r.Headline.Memory == "" {
		t.Errorf("JSON: %v\n%s", err, out)
	}
	if code, _, errs := call(t, "report", server.URL+"/elsewhere/"); code != exitFailed || !strings.Contains(errs, "404") {
		t.Errorf("a page that is not there: code %d, %s", code, errs)
	}
}

func TestLabelCopiesAProfileWithItsLabels(t *testing.T) {
	w := newWorld(t)
	out := filepath.Join(t.TempDir(), "labelled.pb.gz")
	if code, _, errs := call(t, "label", w.after, out); code != 0 {
		t.Fatal(errs)
	}
	top, err := exec.CommandContext(t.Context(), "go", "tool", "pprof", "-top", "-tagfocus=operation=import", out).CombinedOutput()
	if err != nil || !strings.Contains(string(top), "keepOrders") {
		t.Errorf("%v\n%s", err, top)
	}
}

func TestEveryMistakeIsNamed(t *testing.T) {
	w := newWorld(t)
	text := filepath.Join(t.TempDir(), "text.pb.gz")
	if err := os.WriteFile(text, []byte("hello"), 0o600); err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		args []string
		code int
		want string
	}{
		"no command":        {nil, exitUsage, "report, diff, top, label, view"},
		"unknown command":   {[]string{"dif"}, exitUsage, "dif"},
		"one profile":       {[]string{"diff", w.before}, exitUsage, "2 arg"},
		"unknown key":       {[]string{"diff", w.before, w.after, "--by", "route"}, exitUsage, "operation, function, line"},
		"unknown format":    {[]string{"diff", w.before, w.after, "--format", "xml"}, exitUsage, "text, json"},
		"size without unit": {[]string{"diff", w.before, w.after, "--max-growth", "lots"}, exitUsage, "512MiB"},
		"swapped":           {[]string{"diff", w.after, w.before, "--max-growth", "1GiB"}, exitFailed, "swap them"},
		"unknown flag":      {[]string{"top", w.after, "--all"}, exitUsage, "--all"},
		"no such file":      {[]string{"top", "nowhere.pb.gz"}, exitFailed, "nowhere.pb.gz"},
		"not a profile":     {[]string{"diff", w.before, text}, exitFailed, "text.pb.gz"},
		"view no profile":   {[]string{"view", text, "--no-browser"}, exitFailed, "text.pb.gz"},
		"no such folder":    {[]string{"report", "nowhere"}, exitFailed, "nowhere"},
		"empty folder":      {[]string{"report", t.TempDir()}, exitFailed, "no heap profiles"},
		"a file as folder":  {[]string{"report", w.after}, exitFailed, "otelmem top"},
		"wrong scheme":      {[]string{"report", "ftp://host/"}, exitUsage, "http://"},
	} {
		t.Run(name, func(t *testing.T) {
			code, _, errs := call(t, c.args...)
			if code != c.code || !regexp.MustCompile(c.want).MatchString(errs) {
				t.Errorf("%q: code %d, want %d; %q, want %q in it", c.args, code, c.code, errs, c.want)
			}
		})
	}
}

// The built program serves pprof's pages until it is interrupted, and ends well.
func TestViewServesUntilInterrupted(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("processes cannot be interrupted on Windows")
	}
	w := newWorld(t)
	binary := filepath.Join(t.TempDir(), "otelmem")
	if out, err := exec.CommandContext(t.Context(), "go", "build", "-o", binary, ".").CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	diff := exec.CommandContext(t.Context(), binary, "diff", w.before, w.after, "--max-growth=1MiB")
	if err := diff.Run(); diff.ProcessState.ExitCode() != exitTooMuch {
		t.Errorf("diff above --max-growth: %v, want exit code %d", err, exitTooMuch)
	}
	view := exec.CommandContext(t.Context(), binary, "view", w.after, w.before, "--no-browser")
	pipe, err := view.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := view.Start(); err != nil {
		t.Fatal(err)
	}
	line := make([]byte, 1024)
	n, err := pipe.Read(line)
	if err != nil {
		t.Fatal(err)
	}
	address := regexp.MustCompile(`http://localhost:\d+`).FindString(string(line[:n]))
	if address == "" {
		t.Fatalf("no address in %q", line[:n])
	}
	page, err := get(t.Context(), address+"/top")
	for err != nil { // pprof says where before it listens
		select {
		case <-t.Context().Done():
			t.Fatal(err)
		case <-time.After(50 * time.Millisecond):
			page, err = get(t.Context(), address+"/top")
		}
	}
	if !strings.Contains(page, "keepOrders") {
		t.Errorf("the page of what grew does not name what grew:\n%.2000s", page)
	}
	if err := view.Process.Signal(os.Interrupt); err != nil {
		t.Fatal(err)
	}
	if err := view.Wait(); err != nil {
		t.Errorf("interrupted: %v, want it to end well", err)
	}
}

func get(ctx context.Context, url string) (string, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return "", err
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return "", err
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	return string(body), err
}
