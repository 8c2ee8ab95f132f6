package drive

import (
	"slices"
	"testing"
	"time"

	"github.com/otelmem/otelmem-go/examples/zoo/service"
)

const (
	truth    = "GET /api/profiles/{user}"
	innocent = "GET /api/search"
)

// said makes readings, one a second: each row that accused names is accused, and
// the headlines are right where rightly says so.
func said(rightly []bool, accused ...[]string) []service.Reading {
	line := service.Find("map-by-user").Lines()[0]
	readings := make([]service.Reading, len(accused))
	for i := range readings {
		r := &readings[i]
		r.Seconds = float64(i + 1)
		if rightly[i] {
			r.Headline = truth + " has kept 5 MB, from " + line
		}
		for _, name := range accused[i] {
			r.Rows = append(r.Rows, service.Row{Name: name, Accused: true})
		}
	}
	return readings
}

func TestALeakIsTimedFromItsOnset(t *testing.T) {
	run := Run{Case: service.Find("map-by-user"), Options: Options{Onset: time.Second}}
	run.Readings = said([]bool{false, false, true, true, true}, nil, nil, nil, []string{truth}, []string{truth})
	o := run.Judge()
	if o.Fact != 2 || o.Accusation != 3 || o.TakenBack != 0 || !o.RightAtEnd || o.Verdict(true) != "ok" {
		t.Errorf("%+v, %s", o, o.Verdict(true))
	}
}

func TestAnAccusationThatEndsIsTakenBack(t *testing.T) {
	run := Run{Case: service.Find("map-by-user")}
	run.Readings = said([]bool{true, true, true, false}, []string{truth}, nil, []string{truth}, nil)
	o := run.Judge()
	if o.TakenBack != 2 || o.RightAtEnd || o.Verdict(true) != "WRONG AT THE END, TAKEN BACK" {
		t.Errorf("%+v, %s", o, o.Verdict(true))
	}
}

func TestWhoIsNotTheLeakIsInnocentAndSoIsTheLeakBeforeItsOnset(t *testing.T) {
	run := Run{Case: service.Find("map-by-user"), Options: Options{Onset: 2 * time.Second}}
	run.Readings = said([]bool{false, true, true}, []string{truth}, []string{innocent}, []string{innocent, truth})
	o := run.Judge()
	if want := []string{truth + " at 1 s", innocent + " at 2 s"}; !slices.Equal(o.Accused, want) {
		t.Errorf("accused %q, want %q", o.Accused, want)
	}
	if o.Accusation != 1 || o.Verdict(true) != "INNOCENT ACCUSED" {
		t.Errorf("%+v, %s", o, o.Verdict(true))
	}
}

func TestAnInnocentNeedsNoFactAndNoCountdown(t *testing.T) {
	run := Run{Case: &service.Case{Kind: service.None}, Readings: []service.Reading{{Headline: "Nothing grows."}}}
	if o := run.Judge(); o.Verdict(false) != "ok" {
		t.Errorf("%+v, %s", o, o.Verdict(false))
	}
	run.Readings[0].Countdown = true
	if o := run.Judge(); o.Verdict(false) != "FALSE COUNTDOWN" {
		t.Errorf("%+v, %s", o, o.Verdict(false))
	}
}
