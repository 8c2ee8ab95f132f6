package debugpage

import (
	"net/http"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/pprof/profile"

	"github.com/otelmem/otelmem-go/internal/memstat"
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
	for _, by := range []string{byLine, byFunction, byOperation, ""} {
		a := get(t, h, compareURL(first, last, by))
		if a.status != http.StatusOK || !strings.Contains(a.body, "<h1>") || !strings.Contains(a.body, "flame/"+last+"/"+first+"/ui/flamegraph") {
			t.Errorf("by %q: status %d", by, a.status)
		}
	}
	for _, bad := range []string{"compare", "compare?base=" + first, compareURL("../../etc/passwd", last, byLine), compareURL(first, "<script>alert(1)</script>", byLine)} {
		a := get(t, h, bad)
		if a.status != http.StatusNotFound || !strings.Contains(a.body, "Choose two heap profiles") || strings.Contains(a.body, "<script>alert") {
			t.Errorf("%s: status %d, want not found", bad, a.status)
		}
	}
}

func TestChangesAreToldApart(t *testing.T) {
	leak := &profile.Function{ID: 1, Name: "main.leak", Filename: "/src/leak.go"}
	repeat := &profile.Function{ID: 2, Name: "bytes.Repeat", Filename: "/go/bytes.go"}
	sample := func(bytes int64, operation string, lines ...profile.Line) *profile.Sample {
		s := &profile.Sample{Value: []int64{1, bytes * 10, 1, bytes}, Location: []*profile.Location{{Line: lines}}}
		if operation != "" {
			s.Label = map[string][]string{"operation": {operation}}
		}
		return s
	}
	types := []*profile.ValueType{{Type: "alloc_objects"}, {Type: "alloc_space"}, {Type: "inuse_objects"}, {Type: "inuse_space"}}
	base := &profile.Profile{SampleType: types, Sample: []*profile.Sample{
		sample(100, "GET /a", profile.Line{Function: repeat, Line: 1}, profile.Line{Function: leak, Line: 7}),
		sample(50, "", profile.Line{Function: repeat, Line: 1}),
	}}
	current := &profile.Profile{SampleType: types, Sample: []*profile.Sample{
		sample(300, "GET /a", profile.Line{Function: repeat, Line: 1}, profile.Line{Function: leak, Line: 7}),
		sample(10, "GET /b", profile.Line{Function: leak, Line: 9}),
		sample(20, "", profile.Line{Function: repeat, Line: 1}),
	}}
	for by, want := range map[string][]change{
		byLine:      {{place{"/src/leak.go:7", "main.leak"}, 100, 300}, {place{"/src/leak.go:9", "main.leak"}, 0, 10}, {place{runtime, ""}, 50, 20}},
		byFunction:  {{place{"main.leak", ""}, 100, 310}, {place{runtime, ""}, 50, 20}},
		byOperation: {{place{"GET /a", ""}, 100, 300}, {place{"GET /b", ""}, 0, 10}, {place{untagged, ""}, 50, 20}},
	} {
		got := changes(base, current, by)
		if len(got) != len(want) {
			t.Fatalf("by %s: %v, want %v", by, got, want)
		}
		for i := range want {
			if got[i] != want[i] {
				t.Errorf("by %s: row %d is %v, want %v", by, i, got[i], want[i])
			}
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
	p := &otelmem.ProcessReport{RSS: 900 * memstat.MiB, Limit: 920 * memstat.MiB}
	if err := room(p); err == nil || !strings.Contains(err.Error(), "20MB are left below the limit of 920MB") {
		t.Errorf("error %v, want one that says what is left", err)
	}
	p.Limit = 2 * memstat.GiB
	if err := room(p); err != nil {
		t.Error(err)
	}
	p.Limit = 0
	if err := room(p); err != nil {
		t.Error(err)
	}
}
