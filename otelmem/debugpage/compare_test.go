package debugpage

import (
	"errors"
	"net/http"
	"path/filepath"
	"strings"
	"testing"

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

func TestFlameGraphIsPprofsInASandbox(t *testing.T) {
	mem := diagnostics(t)
	h := Handler(mem)
	first, last := twoDumps(t, mem)
	for _, of := range []string{last, last + "/" + first} {
		for _, view := range []string{"flamegraph", "top", "download"} {
			a := get(t, h, "flame/"+of+"/ui/"+view)
			if a.status != http.StatusOK || len(a.body) == 0 {
				t.Errorf("%s of %s: status %d: %.200s", view, of, a.status, a.body)
			}
			if got := a.header.Get("Content-Security-Policy"); got != flamePolicy {
				t.Errorf("%s: policy %q", view, got)
			}
		}
		// What starts programs, reads sources or writes settings.
		for _, view := range []string{"graph", "source?f=main", "disasm?f=main", "saveconfig?config=x", "deleteconfig?config=x", "nothing"} {
			a := get(t, h, "flame/"+of+"/ui/"+view)
			if a.status != http.StatusNotFound || a.header.Get("Content-Security-Policy") != contentPolicy {
				t.Errorf("%s of %s: status %d, want not found", view, of, a.status)
			}
		}
	}
	gone := strings.Replace(last, "manual", "gone", 1)
	if a := get(t, h, "flame/"+gone+"/ui/flamegraph"); a.status != http.StatusNotFound {
		t.Error("there is a flame graph of a dump that is not there")
	}
	if strings.Contains(flamePolicy, "allow-same-origin") {
		t.Error("the sandbox has this page's origin")
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
