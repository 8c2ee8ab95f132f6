package debugpage

import "net/http"

const byLine = "line"

func (h *handler) compare(w http.ResponseWriter, r *http.Request) {
	h.fail(w, r, http.StatusNotImplemented, "Two heap profiles cannot be compared here yet.")
}

func (h *handler) flame(w http.ResponseWriter, r *http.Request, _ route) {
	h.fail(w, r, http.StatusNotImplemented, "There is no flame graph here yet.")
}
