package main

import (
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/pprof/profile"
)

func TestNoErrorShowsAPassword(t *testing.T) {
	refusing := httptest.NewServer(http.NotFoundHandler())
	defer refusing.Close()
	for _, args := range [][]string{
		{"report", "ftp://me:hunter2@host/"},
		{"report", "http://me:hunter2@host:notaport/"},
		{"report", "http://me:hunter2@127.0.0.1:1/"},
		{"report", "http://me:hunt/er2@host/"},
		{"report", "http://me:%zzhunter2@host/"},
		{"report", strings.Replace(refusing.URL, "://", "://me:hunter2@", 1)},
		{"top", "http://me:hunter2@host/"},
		{"http://me:hunter2@host/"},
	} {
		code, out, errs := call(t, args...)
		if all := out + errs; code == 0 || strings.Contains(all, "er2") {
			t.Errorf("%q: code %d, %s", args, code, all)
		}
	}
}

func TestNamesForgeNoRows(t *testing.T) {
	forged := "GET /\n+999GB    0MB    999GB   +1  innocent"
	f := &profile.Function{ID: 1, Name: "main.f\n+999GB  0MB  999GB  +1  innocent", Filename: "a\n+999GB\tb.go"}
	l := &profile.Location{ID: 1, Line: []profile.Line{{Function: f, Line: 1}}}
	p := &profile.Profile{
		SampleType: []*profile.ValueType{{Type: "inuse_objects", Unit: "count"}, {Type: "inuse_space", Unit: "bytes"}},
		PeriodType: &profile.ValueType{Type: "space", Unit: "bytes"}, Period: 1,
		Function: []*profile.Function{f}, Location: []*profile.Location{l},
		Sample: []*profile.Sample{{Value: []int64{1, 1 << 20}, Location: []*profile.Location{l}, Label: map[string][]string{"operation": {forged}, "category": {forged}}}},
	}
	dir := filepath.Join(t.TempDir(), "a\n+999GB  forged")
	if err := os.Mkdir(dir, 0o700); err != nil {
		t.Skip(err)
	}
	path := filepath.Join(dir, "heap.pb.gz")
	var b bytes.Buffer
	if err := errors.Join(p.Write(&b), os.WriteFile(path, b.Bytes(), 0o600)); err != nil {
		t.Fatal(err)
	}
	for _, args := range [][]string{
		{"top", path}, {"top", path, "--by", "line"}, {"top", path, "--by", "function"}, {"diff", path, path}, {"top", path + "x"}, {"report", path}, {"report", dir},
	} {
		_, out, errs := call(t, args...)
		for line := range strings.Lines(out + errs) {
			if strings.HasPrefix(line, "+999GB") {
				t.Errorf("%q: a name forged the row %q", args[:1], line)
			}
		}
	}
}

// A small file that stands for a large one is refused, soon.
func TestAProfileOfManySmallMessagesIsRefused(t *testing.T) {
	var b bytes.Buffer
	zip := gzip.NewWriter(&b)
	for range 16 {
		if _, err := zip.Write(bytes.Repeat([]byte("\x12\x00"), 1<<20)); err != nil {
			t.Fatal(err)
		}
	}
	path := filepath.Join(t.TempDir(), "small.pb.gz")
	if err := errors.Join(zip.Close(), os.WriteFile(path, b.Bytes(), 0o600)); err != nil {
		t.Fatal(err)
	}
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	code, _, errs := call(t, "top", path)
	runtime.ReadMemStats(&after)
	if took := (after.TotalAlloc - before.TotalAlloc) >> 20; code != exitFailed || !strings.Contains(errs, "of memory") || took > 512 {
		t.Errorf("%d bytes: code %d, %d MiB taken: %s", b.Len(), code, took, errs)
	}
}

func TestAPipeIsRefused(t *testing.T) {
	mkfifo, err := exec.LookPath("mkfifo")
	if err != nil {
		t.Skip(err)
	}
	path := filepath.Join(t.TempDir(), "fifo.pb.gz")
	if err := exec.CommandContext(t.Context(), mkfifo, path).Run(); err != nil {
		t.Skip(err)
	}
	for _, args := range [][]string{{"top", path}, {"diff", path, path}, {"view", path, "--no-browser"}, {"report", path}} {
		if code, _, errs := call(t, args...); code != exitFailed || !strings.Contains(errs, "fifo.pb.gz") {
			t.Errorf("%s: code %d, %s", args[0], code, errs)
		}
	}
}

func TestAnInterruptEndsWhatWaits(t *testing.T) {
	arrived, leave := make(chan struct{}), make(chan struct{})
	silent := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {
		close(arrived)
		<-leave
	}))
	defer silent.Close()
	defer close(leave)
	ctx, interrupt := context.WithCancel(t.Context())
	go func() {
		<-arrived
		interrupt()
	}()
	var out, errs bytes.Buffer
	if code := run(ctx, []string{"report", silent.URL}, &out, &errs); code != exitFailed || errs.String() != "otelmem: interrupted\n" {
		t.Errorf("code %d, %q", code, errs.String())
	}
	w := newWorld(t)
	if code := run(ctx, []string{"diff", w.before, w.after}, &out, &errs); code != exitFailed {
		t.Errorf("diff after an interrupt: code %d", code)
	}
}

// lockedBuffer is a buffer that several goroutines use.
type lockedBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (l *lockedBuffer) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

func (l *lockedBuffer) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}

func TestWhatTakesLongSaysHowFarItIs(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var out lockedBuffer
		p := startProgress(&out, "reading heap profiles", 2)
		time.Sleep(progressFrom - time.Millisecond)
		p.add(1)
		synctest.Wait()
		if early := out.String(); early != "" {
			t.Errorf("before a second it says %q", early)
		}
		time.Sleep(progressEvery)
		p.end()
		if got, want := out.String(), "otelmem: reading heap profiles, 1 of 2 done, 1 s so far\n"; got != want {
			t.Errorf("it says %q, want %q", got, want)
		}
	})
	for want, got := range map[string]string{"begun": share(0, 0), "12 bytes": share(12, -1), "40 %": share(400, 1000)} {
		if got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}
