package debugpage

import (
	"errors"
	"fmt"
	"net/http"
	"slices"
	"time"

	"github.com/google/pprof/profile"

	"github.com/otelmem/otelmem-go/dump"
	"github.com/otelmem/otelmem-go/dump/compare"
	"github.com/otelmem/otelmem-go/internal/textfmt"
)

const (
	// changesShown is how many rows the comparison shows.
	changesShown = 100
	// hotFrom is the growth from which on the first row stands out, in bytes.
	hotFrom = 4 << 20
)

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
	Notes         []string
	SampleRate    int64 // bytes
}

type tab struct {
	Label, URL string
	Here       bool
}

// changeRow is a row of the comparison.
type changeRow struct {
	compare.Row
	Path   string // the whole of a name that is shown in short
	Note   string // the category or the function
	IsCode bool
	Hot    bool // it grew most, and by much
	Drawn  delta
}

// kinds are what changes are kept apart by, and what a row is called.
var kinds = []struct {
	by         compare.Key
	tab, label string
}{
	{compare.Line, "By line", "Line"},
	{compare.Function, "By function", "Function"},
	{compare.Operation, "By operation", "Operation"},
}

func (h *handler) compare(w http.ResponseWriter, r *http.Request) {
	query := r.URL.Query()
	base, err := h.find(query.Get("base"))
	current, err2 := h.find(query.Get("current"))
	if err := errors.Join(err, err2); err != nil {
		h.fail(w, r, http.StatusNotFound, "Choose two heap profiles among the dumps. "+err.Error())
		return
	}
	by := compare.Line
	if key := compare.Key(query.Get("by")); slices.Contains(compare.Keys(), key) {
		by = key
	}
	var body *comparePage
	err = h.withProfiles(r.Context(), &base, &current, func(before, after *profile.Profile) error {
		rows, err := compare.Rows(before, after, by)
		body = newComparePage(&base, &current, by, rows, compare.Notes(before, after))
		return err
	})
	if err != nil {
		h.failProfiles(w, r, err)
		return
	}
	h.show(w, r, http.StatusOK, "compare", pageCompare, "Compare", body)
}

func newComparePage(base, current *dump.Entry, by compare.Key, all []compare.Row, notes []string) *comparePage {
	from, to := nameOf(base), nameOf(current)
	p := &comparePage{
		Base:       dumpRow{Entry: *base, Name: from, Reason: reasonOf(base)},
		Current:    dumpRow{Entry: *current, Name: to, Reason: reasonOf(current)},
		Over:       current.Metadata.Time.Sub(base.Metadata.Time),
		SwapURL:    compareURL(to, from, by),
		SampleRate: int64(current.Metadata.ProfileRate),
		Notes:      notes,
	}
	for _, k := range kinds {
		p.Tabs = append(p.Tabs, tab{Label: k.tab, URL: compareURL(from, to, k.by), Here: k.by == by})
		if k.by == by {
			p.ByLabel = k.label
		}
	}
	p.Total = compare.Sum(all).Delta
	var loss, gain int64
	for i := range all {
		loss, gain = min(loss, all[i].Delta), max(gain, all[i].Delta)
	}
	p.More = max(0, len(all)-changesShown)
	for i, row := range all[:len(all)-p.More] {
		p.Rows = append(p.Rows, newChangeRow(row, by, newDelta(row.Delta, loss, gain), i == 0 && row.Delta >= hotFrom))
	}
	p.Headline = "Nothing grew between the two."
	if len(p.Rows) > 0 && p.Rows[0].Delta > 0 {
		first := p.Rows[0]
		where := first.Name
		if by == compare.Line && first.Note != "" {
			where += " (" + first.Note + ")"
		}
		p.Headline = fmt.Sprintf("%s grew most: %s", where, textfmt.SignedSize(first.Delta))
	}
	return p
}

func newChangeRow(row compare.Row, by compare.Key, drawn delta, hot bool) changeRow {
	r := changeRow{Row: row, Path: shown(row.File), Note: shown(row.Category), IsCode: by != compare.Operation, Hot: hot, Drawn: drawn}
	r.Name = shown(row.Name)
	if by == compare.Line && row.File != "" {
		r.Name, r.Note = source(row.Name, row.File, row.Line), shortFunction(row.Name)
	}
	return r
}
