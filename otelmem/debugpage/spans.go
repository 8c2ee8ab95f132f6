package debugpage

import (
	"html/template"
	"net/http"

	"github.com/otelmem/otelmem-go/otelmem/report"
)

const (
	// spansRead is how many spans are looked at for the largest of each operation.
	spansRead = 10_000
	// spansShown is how many operations the page shows at first, and spansFolded how many
	// more it has.
	spansShown  = 10
	spansFolded = 90
)

// spanRow is the largest recent span of an operation.
type spanRow struct {
	report.Span
	URL template.URL // empty for none
	// Alone says that the growth is the span's own.
	Alone bool
	// Of is how many recent spans of the operation there are.
	Of int
}

type spansPage struct {
	First  spanTable
	Folded *spanTable // nil where all are in the first
	Beyond int        // how many more operations there are
}

type spanTable struct {
	ID   string
	Rows []spanRow // those with the largest growth first
}

func (h *handler) spans(w http.ResponseWriter, r *http.Request) {
	rows := h.largestByOperation(h.source.Spans(spansRead))
	first := min(len(rows), spansShown)
	last := min(len(rows), spansShown+spansFolded)
	body := spansPage{First: spanTable{"spans", rows[:first]}, Beyond: len(rows) - last}
	if last > first {
		body.Folded = &spanTable{"more-spans", rows[first:last]}
	}
	h.show(w, r, http.StatusOK, "spans", pageSpans, "Spans", body)
}

// largestByOperation are the first spans of each operation, in their order.
func (h *handler) largestByOperation(spans []report.Span) []spanRow {
	var rows []spanRow
	at := make(map[string]int)
	for i := range spans {
		s := &spans[i]
		row, seen := at[s.Operation]
		if !seen {
			row = len(rows)
			at[s.Operation] = row
			rows = append(rows, h.spanRow(*s))
		}
		rows[row].Of++
	}
	return rows
}

func (h *handler) spanRow(s report.Span) spanRow {
	return spanRow{Span: s, URL: h.trace(s.TraceID, s.SpanID), Alone: s.Concurrency < alone}
}

// alone is the mean concurrency below which growth counts as the span's own.
const alone = 1.05
