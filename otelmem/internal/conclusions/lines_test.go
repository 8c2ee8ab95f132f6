package conclusions

import (
	"fmt"
	"strings"
	"testing"

	"github.com/otelmem/otelmem-go/otelmem/report"
)

var keepLine = report.Site{Function: "main.keep", File: "/src/keep.go", Line: 7}

// shared are routes that hold so much each, of which one line allocated so much.
func shared(n int, rose, of int64) (routes []report.Operation) {
	for i := range n {
		o := growing(fmt.Sprintf("GET /%c", 'a'+i), rose)
		o.Live = rose
		o.Sites = []report.Site{keepLine}
		o.Sites[0].Bytes = of
		routes = append(routes, o)
	}
	return routes
}

func keeping(bytes int64, operations ...string) report.Line {
	return report.Line{Site: keepLine, Operations: operations, Rise: rise(bytes), Rate: float64(mb) / 60}
}

func TestALineThatExplainsMoreThanEachOfItsOperationsIsTheSubject(t *testing.T) {
	r := reportOf(60*mb, append(shared(4, 3*mb, 2*mb), growing("GET /other", 5*mb))...)
	r.Lines = []report.Line{keeping(12*mb, "GET /a", "GET /b", "GET /c", "GET /d")}
	h := Headline(r)
	if want := "keep.go:7 (main.keep) has kept 12MB of the 48MB that it allocated in 10m0s, +1.0MB/min, for 4 operations: GET /a, GET /b and 2 more."; !strings.HasSuffix(h.Fact, want) {
		t.Errorf("%q, want %q", h.Fact, want)
	}
	if h.Others != "Also growing: GET /other +5.0MB." {
		t.Errorf("%q names what the line explains", h.Others)
	}
}

func TestALineThatExplainsNoMoreThanAnOperationIsNoSubject(t *testing.T) {
	for name, r := range map[string]*report.Report{
		"one of its operations is nearly all of it": reportOf(60*mb, append(shared(3, mb, mb), shared(1, 40*mb, 40*mb)...)...),
		"it no longer grows":                        reportOf(60*mb, shared(4, 40*mb, 40*mb)...),
	} {
		l := keeping(43*mb, "GET /a", "GET /b", "GET /c")
		l.Rise.Ongoing = name != "it no longer grows"
		r.Lines = []report.Line{l}
		if h := Headline(r); h.Subject != "GET /a" {
			t.Errorf("%s: subject %q", name, h.Subject)
		}
	}
}

// What an operation holds of other lines is not explained.
func TestAnOperationThatHoldsMostOfOtherLinesStaysASubject(t *testing.T) {
	r := reportOf(60*mb, append(shared(3, 3*mb, 3*mb), shared(1, 4*mb, mb)...)...)
	r.Operations[3].Name = "GET /elsewhere"
	r.Lines = []report.Line{keeping(10*mb, "GET /a", "GET /b", "GET /c", "GET /elsewhere")}
	if h := Headline(r); !strings.Contains(h.Subject, "keep.go:7") || h.Others != "Also growing: GET /elsewhere +4.0MB." {
		t.Errorf("subject %q, others %q", h.Subject, h.Others)
	}
}

func TestASuspectedLineIsAccused(t *testing.T) {
	r := reportOf(60*mb, append(shared(3, mb, mb), growing("fills", 50*mb))...)
	l := keeping(3*mb, "GET /a", "GET /b", "GET /c")
	l.Suspected, l.SuspectedSince = true, noon
	r.Lines = []report.Line{l}
	if h := Headline(r); h.Mood != report.MoodLeak || !strings.Contains(h.Subject, "keep.go:7") {
		t.Errorf("mood %q, subject %q", h.Mood, h.Subject)
	}
}
