package debugpage

import (
	"strings"
	"testing"
	"time"
)

func TestFiguresAreAsPeopleReadThem(t *testing.T) {
	for d, want := range map[time.Duration]string{
		850 * time.Microsecond: "850µs", 12 * time.Millisecond: "12ms", 3200 * time.Millisecond: "3.2s", 42 * time.Second: "42s",
		4*time.Minute + 5*time.Second: "4m 05s", 130 * time.Minute: "2h 10m", 76 * time.Hour: "3d 4h",
	} {
		if got := duration(d); got != want {
			t.Errorf("duration(%v) is %s, want %s", d, got, want)
		}
	}
	for n, want := range map[int64]string{0: "0", 999: "999", -999: "-999", 1000: "1\u202f000", -1234567: "-1\u202f234\u202f567"} {
		if got := count(n); got != want {
			t.Errorf("count(%d) is %q, want %q", n, got, want)
		}
	}
}

func TestNamesAreFitToBeRead(t *testing.T) {
	for name, want := range map[string]string{
		"GET /api": "GET /api", "a\x1b[31mb": "a\uFFFD[31mb", "\u202eabc": "\uFFFDabc", "\xff": "\uFFFD", "line\nline": "line\uFFFDline",
	} {
		if got := shown(name); got != want {
			t.Errorf("shown(%q) is %q, want %q", name, got, want)
		}
	}
	if got := shown(strings.Repeat("ü", 1000)); len([]rune(got)) != maxShown || !strings.HasSuffix(got, "…") {
		t.Errorf("a name of 1000 characters is shown with %d", len([]rune(got)))
	}
}

func TestRoutesAreReadFromTheEnd(t *testing.T) {
	const one, two = "heapdump_manual_2026-11-23T00-00-00-000Z.pb.gz", "heapdump_a_2026-11-23T00-00-00-000Z.pb.gz"
	for path, want := range map[string]route{
		"/":                                  {page: pageNow},
		"/debug/otelmem/":                    {page: pageNow},
		"/flame/dumps/spans":                 {page: pageSpans},
		"dumps/" + one:                       {page: pageDump, dump: one},
		"/x/flame/" + one + "/ui/flamegraph": {page: pageFlame, dump: one},
		"/x/flame/" + one + "/" + two + "/ui/flamegraph": {page: pageFlame, dump: one, base: two},
		"/x/flame/" + one + "/ui/source":                 {},
		"/x/flame/" + one + "/other":                     {},
		"/x/flame/../ui/":                                {page: pageNow},
		"/x/" + one:                                      {},
		"/x/dumps/../../etc/passwd":                      {},
	} {
		if got := parseRoute(path); got != want {
			t.Errorf("parseRoute(%q) is %+v, want %+v", path, got, want)
		}
	}
}

func TestRootLeadsBack(t *testing.T) {
	const dump = "heapdump_manual_2026-11-23T00-00-00-000Z.pb.gz"
	for path, want := range map[string]string{
		"/debug/otelmem/spans": "./", "/dumps/": "./", "/x/flame/" + dump + "/ui/flamegraph": "../../../", "/": "./",
	} {
		if got := root(path); got != want {
			t.Errorf("root(%q) is %q, want %q", path, got, want)
		}
	}
}

func TestSparkIsWithinItsFrame(t *testing.T) {
	s := newSpark([]int64{0, 10, 20}, []int64{0, 5, 10})
	if s.Line != "0.0,23.0 50.0,12.0 100.0,1.0" {
		t.Errorf("line %q", s.Line)
	}
	if s := newSpark([]int64{1}, []int64{1}); s.Line != "" {
		t.Errorf("one point is drawn as %q", s.Line)
	}
	if b := newBar(50, 10, 100); b.Value != 50 || b.Low != 40 || b.Error() != 20 {
		t.Errorf("bar %+v", b)
	}
	for change, want := range map[int64]delta{-50: {25, 0, 25}, 150: {25, 25, 75}, 0: {25, 25, 0}} {
		if d := newDelta(change, -50, 150); d != want {
			t.Errorf("the change %d is drawn %+v, want %+v", change, d, want)
		}
	}
}
