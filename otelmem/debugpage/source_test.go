package debugpage

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"testing"

	"github.com/otelmem/otelmem-go/dump"
	"github.com/otelmem/otelmem-go/otelmem/report"
)

// elsewhere is another program, as something that watches it knows it.
func elsewhere() Source {
	return Source{
		Program: "shop",
		Report: func(context.Context) (*report.Report, error) {
			return &report.Report{
				Headline:   report.Headline{Mood: report.MoodGrew, Fact: "cart.add has kept 12MB.", Memory: "Memory grew."},
				Operations: []report.Operation{{Name: "cart.add", Live: 12 << 20, By: report.ByCode}},
			}, nil
		},
	}
}

func TestAnotherProgramIsShownByWhatIsKnownOfIt(t *testing.T) {
	h := HandlerFrom(elsewhere())
	for path, want := range map[string]string{"": "cart.add has kept 12MB.", "operations": "cart.add", "report": "cart.add", "report.txt": "cart.add"} {
		if a := get(t, h, path); a.status != http.StatusOK || !strings.Contains(a.body, want) {
			t.Errorf("%q: status %d, want %q", path, a.status, want)
		}
	}
	first := get(t, h, "").body
	if !strings.Contains(first, "· shop ·") {
		t.Error("the page has not the program's name")
	}
	for _, absent := range []string{"spans", "dumps", "compare"} {
		if strings.Contains(first, `href="./`+absent+`"`) {
			t.Errorf("the page links to %s, of which nothing is known", absent)
		}
		if a := get(t, h, absent); a.status != http.StatusNotFound {
			t.Errorf("%s: status %d, want not found", absent, a.status)
		}
	}
}

func TestTheProgramsNameIsWhatIsGivenOrTheServicesOrItsOwn(t *testing.T) {
	for _, test := range []struct{ given, service, want string }{
		{"shop", "orders", "· shop ·"},
		{"", "orders", "· orders ·"},
		{"", "", "· " + programName() + " ·"},
	} {
		source := elsewhere()
		source.Program = test.given
		source.Report = func(context.Context) (*report.Report, error) { return &report.Report{Service: test.service}, nil }
		if body := get(t, HandlerFrom(source), "").body; !strings.Contains(body, test.want) {
			t.Errorf("given %q, the service's %q: the page has not %q", test.given, test.service, test.want)
		}
	}
	for path, want := range map[string]string{"go.etcd.io/etcd/server/v3": "server", "example.com/shop": "shop", "v2": "v2", "example.com/v": "v"} {
		if got := lastName(path); got != want {
			t.Errorf("%s is %q, want %q", path, got, want)
		}
	}
}

func TestAnotherProgramIsNotChanged(t *testing.T) {
	s := elsewhere()
	s.Dumps = func() ([]dump.Entry, error) { return nil, nil }
	h := HandlerFrom(s)
	if body := get(t, h, "dumps").body; strings.Contains(body, "Dump now") {
		t.Error("there is a button for what cannot be done")
	}
	if a := ask(h, post("why")); a.status != http.StatusConflict || !strings.Contains(a.body, "No heap profile was written") {
		t.Errorf("dump: status %d", a.status)
	}
}

func TestASourceWithoutAReportSaysSo(t *testing.T) {
	gone := elsewhere()
	gone.Unavailable = func() error { return errors.New("the program does not answer: connection refused") }
	for want, s := range map[string]Source{"Nothing can be shown: debugpage.Source has no Report": {}, "The program does not answer: connection refused": gone} {
		h := HandlerFrom(s)
		for _, path := range []string{"", "operations", "report"} {
			if a := get(t, h, path); !strings.Contains(a.body, want) {
				t.Errorf("%q: status %d, and not %q", path, a.status, want)
			}
		}
	}
}
