package debugpage

import (
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"path/filepath"
	"runtime/debug"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/otelmem/otelmem-go/dump"
	"github.com/otelmem/otelmem-go/dump/compare"
	"github.com/otelmem/otelmem-go/internal/textfmt"
	"github.com/otelmem/otelmem-go/otelmem"
)

// twoDumps takes a dump, lets an operation hold memory, and takes another.
func twoDumps(t *testing.T, mem *otelmem.Diagnostics) (first, last string) {
	t.Helper()
	take := func() string {
		file, err := mem.Dump(t.Context(), "manual")
		if err != nil {
			t.Fatal(err)
		}
		return filepath.Base(file.Path)
	}
	return take(), take()
}

func TestComparisonSaysWhatGrew(t *testing.T) {
	mem := diagnostics(t)
	h := Handler(mem)
	first, last := twoDumps(t, mem)
	for _, by := range append(compare.Keys(), "", "<b>") {
		a := get(t, h, compareURL(first, last, by))
		if a.status != http.StatusOK || !strings.Contains(a.body, "<h1>") || !strings.Contains(a.body, "flame/"+last+"/"+first+"/ui/flamegraph") {
			t.Errorf("by %q: status %d", by, a.status)
		}
	}
	for _, bad := range []string{"compare", "compare?base=" + first, compareURL("../../etc/passwd", last, compare.Line), compareURL(first, "<script>alert(1)</script>", compare.Line)} {
		a := get(t, h, bad)
		if a.status != http.StatusNotFound || !strings.Contains(a.body, "Choose two heap profiles") || strings.Contains(a.body, "<script>alert") {
			t.Errorf("%s: status %d, want not found", bad, a.status)
		}
	}
}

func TestFlameGraphsAreDrawn(t *testing.T) {
	t.Setenv("HOME", "") // as in a container of nobody
	t.Setenv("XDG_CONFIG_HOME", "")
	mem := diagnostics(t)
	h := Handler(mem)
	first, last := twoDumps(t, mem)
	for _, of := range []string{last, last + "/" + first} {
		a := get(t, h, "flame/"+of+"/ui/flamegraph")
		if a.status != http.StatusOK || !strings.Contains(a.body, "<svg class=\"flame\"") || !strings.Contains(a.body, ">all</text>") {
			t.Errorf("%s: status %d", of, a.status)
		}
		if got := a.header.Get("Content-Security-Policy"); got != contentPolicy {
			t.Errorf("policy %q", got)
		}
		if back := strings.Repeat("../", 2+len(strings.Split(of, "/"))) + "dumps"; !strings.Contains(a.body, back) {
			t.Errorf("%s: there is no way back by %s", of, back)
		}
		for _, at := range []string{"0", "0.0", "99999", "-1", "<script>", strings.Repeat("0.", 5000)} {
			if a := get(t, h, "flame/"+of+"/ui/flamegraph?at="+url.QueryEscape(at)); a.status != http.StatusOK || strings.Contains(a.body, "<script>") {
				t.Errorf("%s, seen from %.20q: status %d", of, at, a.status)
			}
		}
	}
	gone := strings.Replace(last, "manual", "gone", 1)
	if a := get(t, h, "flame/"+gone+"/ui/flamegraph"); a.status != http.StatusNotFound {
		t.Error("there is a flame graph of a dump that is not there")
	}
}

// Profiles are read one at a time, and whoever does not get a turn is told so soon.
func TestManyAtOnceAreAllAnswered(t *testing.T) {
	mem := diagnostics(t)
	server := httptest.NewServer(Handler(mem))
	defer server.Close()
	first, last := twoDumps(t, mem)
	paths := []string{"/flame/" + last + "/ui/flamegraph", "/flame/" + last + "/" + first + "/ui/flamegraph", "/" + compareURL(first, last, compare.Line)}
	client := &http.Client{Timeout: 30 * time.Second}
	defer client.CloseIdleConnections()
	var all sync.WaitGroup
	var drawn, refused atomic.Int64
	for i := range 60 {
		all.Go(func() {
			resp, err := client.Get(server.URL + paths[i%len(paths)])
			if err != nil {
				t.Error(err)
				return
			}
			defer resp.Body.Close()
			body, _ := io.ReadAll(resp.Body)
			switch {
			case resp.StatusCode == http.StatusOK:
				drawn.Add(1)
			case resp.StatusCode == http.StatusServiceUnavailable && resp.Header.Get("Retry-After") != "" && strings.Contains(string(body), "one at a time"):
				refused.Add(1)
			default:
				t.Errorf("status %d: %.200s", resp.StatusCode, body)
			}
		})
	}
	all.Wait()
	if drawn.Load() == 0 {
		t.Errorf("none was drawn, %d were refused", refused.Load())
	}
}

func TestATurnIsWaitedForASecond(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		turns := newTurns()
		leave, err := turns.enter(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		began := time.Now()
		if _, err := turns.enter(t.Context()); !errors.Is(err, errBusy) || time.Since(began) != turnPatience {
			t.Errorf("after %v: %v, want %v", time.Since(began), err, errBusy)
		}
		leave()
		if _, err := turns.enter(t.Context()); err != nil {
			t.Error(err)
		}
	})
}

// Neither what is read nor what is shown again is looked at near the limit.
func TestNearTheLimitTheAnswerSaysSo(t *testing.T) {
	mem := diagnostics(t)
	h := Handler(mem)
	first, last := twoDumps(t, mem)
	if a := get(t, h, "flame/"+last+"/ui/flamegraph"); a.status != http.StatusOK {
		t.Fatalf("status %d", a.status)
	}
	old := debug.SetMemoryLimit(40 << 20)
	t.Cleanup(func() { debug.SetMemoryLimit(old) })
	for _, path := range []string{"flame/" + last + "/ui/flamegraph", "flame/" + last + "/" + first + "/ui/flamegraph", compareURL(first, last, compare.Line)} {
		a := get(t, h, path)
		if a.status != http.StatusServiceUnavailable || !strings.Contains(a.body, "too near the memory limit") && !strings.Contains(a.body, "Too near the memory limit") || a.header.Get("Retry-After") == "" {
			t.Errorf("%s: status %d: %.200s", path, a.status, a.body)
		}
	}
}

// Reading profiles takes memory, and must not be what kills the process.
func TestNearTheLimitNoProfileIsRead(t *testing.T) {
	h := headroom{used: 900 * textfmt.MiB, limit: 920 * textfmt.MiB}
	if err := h.enough(); err == nil || !strings.Contains(err.Error(), "20MB are left below the limit of 920MB") {
		t.Errorf("error %v, want one that says what is left", err)
	}
	h.limit = 2 * textfmt.GiB
	if err := h.enough(); err != nil {
		t.Error(err)
	}
	large := &dump.Entry{}
	large.Size = 32 * textfmt.MiB // two of them take 4 GiB
	if err := h.enough(large, large); !errors.Is(err, errNoHeadroom) {
		t.Errorf("large profiles: error %v, want %v", err, errNoHeadroom)
	}
	h.limit = 0
	if err := h.enough(); err != nil {
		t.Error(err)
	}
}
