package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	httppprof "net/http/pprof"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// profiled serves the profiles of this process.
func profiled(t *testing.T) string {
	t.Helper()
	mux := http.NewServeMux()
	mux.HandleFunc("/debug/pprof/", httppprof.Index)
	mux.HandleFunc("/debug/pprof/cmdline", httppprof.Cmdline)
	server := httptest.NewServer(mux)
	t.Cleanup(server.Close)
	return server.URL
}

// runWatch runs the command, and returns what it writes.
func runWatch(t *testing.T, args ...string) (out string, err error) {
	t.Helper()
	var b bytes.Buffer
	c := newWatch()
	c.SilenceErrors, c.SilenceUsage = true, true
	c.SetOut(&b)
	c.SetErr(io.Discard)
	c.SetArgs(args)
	err = c.ExecuteContext(t.Context())
	return b.String(), err
}

func TestWatchRefusesWhatItCannotDo(t *testing.T) {
	for _, test := range []struct {
		args []string
		want string
	}{
		{nil, "watch what?"},
		{[]string{"--every", "10ms", "localhost:1"}, "--every 10ms: want 1s or more"},
		{[]string{"--for", "-1s", "localhost:1"}, "--for -1s"},
		{[]string{"--pid", "1", "localhost:1", "localhost:2"}, "--pid 1: want the process of the one program"},
		{[]string{"--files", "x", "localhost:1"}, "want URLs or --files, not both"},
		{[]string{"--files", filepath.Join(t.TempDir(), "*")}, "no file matches"},
		{[]string{"ftp://x"}, "its scheme is ftp"},
		{[]string{"-H", "secret", "localhost:1"}, "want 'Name: value'"},
		{[]string{"--ca", "/nowhere", "localhost:1"}, "--ca: "},
		{[]string{"--format", "xml", "localhost:1"}, "xml"},
		{[]string{"--page", "nowhere", profiled(t)}, "--page nowhere"},
	} {
		_, err := runWatch(t, test.args...)
		if usage := new(usageError); !errors.As(err, &usage) && test.args != nil && test.args[0] != "--format" || err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%q: %v, want wrong use, with %q", test.args, err, test.want)
		}
	}
}

// A pipeline reads a line a reading, and keeps the profiles that matter.
func TestWatchWritesJSONAndKeepsProfiles(t *testing.T) {
	dir := t.TempDir()
	out, err := runWatch(t, "--format", "json", "--for", "1ms", "--every", "1s", "--out", dir, "--service", "shop", profiled(t))
	if err == nil || !strings.Contains(err.Error(), "a leak is suspected after a minute at the earliest") {
		t.Errorf("it ends with %v, want that it cannot say yet", err)
	}
	lines := strings.Split(strings.TrimSpace(out), "\n")
	for _, line := range lines {
		var any map[string]any
		if err := json.Unmarshal([]byte(line), &any); err != nil {
			t.Errorf("%v in %s", err, line)
		}
	}
	if !strings.Contains(lines[0], `"shop"`) {
		t.Errorf("the first line does not say of what it is: %s", lines[0])
	}
	kept, err := filepath.Glob(filepath.Join(dir, "*.pb.gz"))
	if err != nil || len(kept) == 0 {
		t.Fatalf("kept %v, %v", kept, err)
	}
	if _, err := runWatch(t, "--files", filepath.Join(dir, "*.pb.gz")); err == nil || !strings.Contains(err.Error(), "cannot say") {
		t.Errorf("what it kept is judged with %v, want that it is too little", err)
	}
}

func TestTheSidecarsArgumentsAreTheCommands(t *testing.T) {
	text, err := os.ReadFile("../../../collector-config/kubernetes-watch.yaml")
	if err != nil {
		t.Fatal(err)
	}
	_, list, ok := strings.Cut(string(text), "          args:\n")
	if !ok {
		t.Fatal("there are no arguments")
	}
	var args []string
	for line := range strings.Lines(list) {
		arg, isItem := strings.CutPrefix(line, "            - ")
		if !isItem {
			break
		}
		args = append(args, strings.TrimSpace(arg))
	}
	if len(args) < 3 || args[0] != "watch" {
		t.Fatalf("its arguments are %q", args)
	}
	if err := newWatch().ParseFlags(args[1:]); err != nil {
		t.Errorf("%q: %v", args, err)
	}
}
