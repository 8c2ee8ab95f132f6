package debugpage

import (
	"net/http"
	"time"

	"github.com/otelmem/otelmem-go/otelmem/report"
)

// operationRow is a row of the table of operations.
type operationRow struct {
	*report.Operation
	// Bar is Live with its error, in hundredths of the widest row.
	Bar bar
	// Retained is Live by call; -1 where that is not known.
	Retained int64
	Spark    spark
	Traces   []spanRow // examples
	// How says how bytes came to the operation, in words.
	How string
}

// sitesShown and tracesShown are how many lines of code and examples a row shows.
const (
	sitesShown  = 3
	tracesShown = 3
)

type operationsPage struct {
	Headline    string
	ProfileTime time.Time
	Rows        []operationRow
	// Empty are the operations that hold nothing and have no goroutines.
	Empty      []operationRow
	Categories []report.Category
}

func (h *handler) operations(w http.ResponseWriter, r *http.Request) {
	v, err := h.latest.look()
	if err != nil {
		h.fail(w, r, http.StatusInternalServerError, err.Error())
		return
	}
	body := operationsPage{Headline: headline(v.report.Headline), ProfileTime: v.report.ProfileTime, Categories: v.report.Categories}
	operations := v.report.Operations
	var widest int64
	for i := range operations {
		widest = max(widest, operations[i].Live+operations[i].LiveError)
	}
	for i := range operations {
		rows := &body.Rows
		if isEmpty(&operations[i]) {
			rows = &body.Empty
		}
		*rows = append(*rows, h.operationRow(&operations[i], widest))
	}
	if len(body.Rows) == 0 {
		body.Rows, body.Empty = body.Empty, nil
	}
	h.show(w, r, http.StatusOK, "operations", pageOperations, "Operations", body)
}

// isEmpty says whether there is nothing to be seen of an operation but that it ran.
func isEmpty(o *report.Operation) bool {
	return o.Live == 0 && o.Goroutines == 0 && !o.Suspected && (o.Verdict == "" || o.Verdict == report.NotEnoughData || o.Verdict == report.Stable)
}

func (h *handler) operationRow(o *report.Operation, widest int64) operationRow {
	row := operationRow{Operation: o, Retained: -1, Bar: newBar(o.Live, o.LiveError, widest), How: how[o.By]}
	if o.Calls > 0 && o.By != "" {
		row.Retained = o.Live / o.Calls
	}
	times, values := make([]int64, len(o.History)), make([]int64, len(o.History))
	for i, p := range o.History {
		times[i], values[i] = p.Time.UnixMilli(), p.Live
	}
	row.Spark = newSpark(times, values)
	for _, s := range o.Examples[:min(len(o.Examples), tracesShown)] {
		row.Traces = append(row.Traces, h.spanRow(s))
	}
	return row
}

// TopSites are the lines that allocated most of what is live.
func (r operationRow) TopSites() []report.Site { return r.Sites[:min(len(r.Sites), sitesShown)] }

// how says each attribution in words.
var how = map[report.Attribution]string{
	report.ByTag:     "by tag: allocated below Do, Go or Handler; certain",
	report.ByLearned: "learned: allocated below a function that was seen to begin and end the spans of this operation only",
	report.ByCode:    "by code: no tag covers it, so it goes by the outermost function of the program",
}
