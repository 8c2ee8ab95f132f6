package debugpage

import (
	"net/http"

	"github.com/google/pprof/profile"

	"github.com/otelmem/otelmem-go/dump"
	"github.com/otelmem/otelmem-go/dump/compare"
)

// flamePage is the flame graph of a heap profile, or of what it has more than another.
type flamePage struct {
	Current dumpRow
	Base    *dumpRow // nil for none
	// CompareURL is the way to the same as a table; empty for one profile.
	CompareURL string
	flameGraph
}

// flame draws what is asked for: …/flame/DUMP[/BASE]/ui/flamegraph?at=PATH.
func (h *handler) flame(w http.ResponseWriter, r *http.Request, to route) {
	current, err := h.find(to.dump)
	if err != nil {
		h.fail(w, r, http.StatusNotFound, capital(err.Error())+".")
		return
	}
	body := flamePage{Current: dumpRow{Entry: current, Name: to.dump, Reason: reasonOf(&current)}}
	var base *dump.Entry
	if to.base != "" {
		entry, err := h.find(to.base)
		if err != nil {
			h.fail(w, r, http.StatusNotFound, capital(err.Error())+".")
			return
		}
		base = &entry
		body.Base = &dumpRow{Entry: entry, Name: to.base, Reason: reasonOf(base)}
		body.CompareURL = compareURL(to.base, to.dump, compare.Line)
	}
	err = h.withProfiles(r.Context(), base, &current, func(before, after *profile.Profile) error {
		tree, err := compare.Tree(before, after)
		if err != nil {
			return err
		}
		body.flameGraph = newFlameGraph(tree, before != nil, r.URL.Query().Get("at"))
		return nil
	})
	if err != nil {
		h.failProfiles(w, r, err)
		return
	}
	h.show(w, r, http.StatusOK, "flame", pageDumps, "Flame graph", body)
}
