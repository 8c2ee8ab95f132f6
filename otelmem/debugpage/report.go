package debugpage

import (
	"net/http"
)

// report serves the report as a page, as text and as JSON.
func (h *handler) report(w http.ResponseWriter, r *http.Request, form string) {
	v, err := h.latest.look()
	if err != nil {
		h.fail(w, r, http.StatusInternalServerError, err.Error())
		return
	}
	switch form {
	case pageReportText:
		w.Header().Set("Content-Type", "text/plain; charset=utf-8")
		_, _ = v.report.WriteTo(w)
	case pageReportJSON:
		text, err := v.report.JSON()
		if err != nil {
			http.Error(w, err.Error(), http.StatusInternalServerError)
			return
		}
		w.Header().Set("Content-Type", "application/json")
		_, _ = w.Write(append(text, '\n'))
	default:
		h.show(w, r, http.StatusOK, "report", pageReport, "Report", v.report.String())
	}
}
