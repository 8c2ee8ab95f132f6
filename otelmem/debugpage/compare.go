package debugpage

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"time"

	"github.com/otelmem/otelmem-go/dump"
)

// changesShown is how many rows the comparison shows.
const changesShown = 100

type comparePage struct {
	Headline      string
	Base, Current dumpRow
	Over          time.Duration
	Total         int64 // bytes
	Tabs          []tab
	ByLabel       string
	SwapURL       string
	Rows          []changeRow
	More          int
	SampleRate    int64 // bytes
}

type tab struct {
	Label, URL string
	Here       bool
}

// changeRow is a row of the comparison.
type changeRow struct {
	change
	Path   string // the whole of a name that is shown in short
	IsCode bool
	Hot    bool // it grew most, and by much of all
	Drawn  delta
}

// kinds are what changes are told apart by, and what a row is called.
var kinds = []struct{ by, tab, label string }{
	{byLine, "By line", "Line"},
	{byFunction, "By function", "Function"},
	{byOperation, "By operation", "Operation"},
}

func (h *handler) compare(w http.ResponseWriter, r *http.Request) {
	query := r.URL.Query()
	base, err := h.find(query.Get("base"))
	current, err2 := h.find(query.Get("current"))
	if err := errors.Join(err, err2); err != nil {
		h.fail(w, r, http.StatusNotFound, "Choose two heap profiles among the dumps. "+err.Error())
		return
	}
	by := query.Get("by")
	if by == "" {
		by = byLine
	}
	all, err := h.changes(r.Context(), &base, &current, by)
	if err != nil {
		h.fail(w, r, http.StatusServiceUnavailable, capital(err.Error())+".")
		return
	}
	h.show(w, r, http.StatusOK, "compare", pageCompare, "Compare", newComparePage(&base, &current, by, all))
}

// changes reads both dumps, when nobody else does.
func (h *handler) changes(ctx context.Context, base, current *dump.Entry, by string) ([]change, error) {
	leave, err := h.reading.enter(ctx)
	if err != nil {
		return nil, err
	}
	defer leave()
	v, err := h.feed.look()
	if err != nil {
		return nil, err
	}
	if err := room(&v.report.Process, base, current); err != nil {
		return nil, err
	}
	before, err := readProfile(base)
	if err != nil {
		return nil, err
	}
	after, err := readProfile(current)
	if err != nil {
		return nil, err
	}
	return changes(before, after, by), nil
}

func newComparePage(base, current *dump.Entry, by string, all []change) *comparePage {
	from, to := nameOf(base), nameOf(current)
	p := &comparePage{
		Base:       dumpRow{Entry: *base, Name: from, Reason: reasonOf(base)},
		Current:    dumpRow{Entry: *current, Name: to, Reason: reasonOf(current)},
		Over:       current.Side.Time.Sub(base.Side.Time),
		SwapURL:    compareURL(to, from, by),
		SampleRate: int64(current.Side.ProfileRate),
		ByLabel:    "Line",
	}
	for _, k := range kinds {
		p.Tabs = append(p.Tabs, tab{Label: k.tab, URL: compareURL(from, to, k.by), Here: k.by == by})
		if k.by == by {
			p.ByLabel = k.label
		}
	}
	var loss, gain int64
	for _, c := range all {
		p.Total += c.Change()
		loss, gain = min(loss, c.Change()), max(gain, c.Change())
	}
	p.More = max(0, len(all)-changesShown)
	for i, c := range all[:len(all)-p.More] {
		row := changeRow{change: c, Drawn: newDelta(c.Change(), loss, gain), IsCode: by != byOperation, Path: shown(c.Name), Hot: i == 0 && c.Change() >= grewNothing}
		row.Name, row.Function = shown(c.Name), shown(c.Function)
		if by == byLine {
			row.Name = short(c.Name)
		}
		p.Rows = append(p.Rows, row)
	}
	p.Headline = "Nothing grew between the two."
	if len(p.Rows) > 0 && all[0].Change() > 0 {
		first := p.Rows[0]
		p.Headline = fmt.Sprintf("%s grew most: %s", first.Name, signed(first.Change()))
		if first.Function != "" {
			p.Headline = fmt.Sprintf("%s (%s) grew most: %s", first.Name, first.Function, signed(first.Change()))
		}
	}
	return p
}
