package debugpage

import (
	"html/template"
	"net/http"

	"github.com/otelmem/otelmem-go/otelmem/report"
)

// spansShown is how many spans the page shows.
const spansShown = 100

type spanRow struct {
	report.Span
	URL template.URL // empty for none
	// Alone says that the growth is the span's own.
	Alone bool
}

func (h *handler) spans(w http.ResponseWriter, r *http.Request) {
	var rows []spanRow
	for _, s := range h.source.Spans(spansShown) {
		rows = append(rows, h.spanRow(s))
	}
	h.show(w, r, http.StatusOK, "spans", pageSpans, "Spans", rows)
}

func (h *handler) spanRow(s report.Span) spanRow {
	return spanRow{Span: s, URL: h.trace(s.TraceID, s.SpanID), Alone: s.Concurrency < alone}
}

// alone is the mean concurrency below which growth counts as the span's own.
const alone = 1.05
