package debugpage

import (
	"errors"
	"net/http"

	"github.com/otelmem/otelmem-go/otelmem"
)

// offPage is the page of diagnostics that are not on.
type offPage struct {
	Standby bool   // they can be turned on here
	Silent  bool   // the program says nothing: nobody turned it off
	Alert   string // why
}

func newOffPage(s *Source) offPage {
	reason := s.unavailable()
	return offPage{Standby: s.standby(), Silent: !errors.Is(reason, otelmem.ErrStandby) && !errors.Is(reason, otelmem.ErrDisabled), Alert: invalid(reason)}
}

// enable turns diagnostics on that are in standby, by a POST from its own page.
func (h *handler) enable(w http.ResponseWriter, r *http.Request) {
	refuse := func(status int, text string) {
		h.show(w, r, status, "off", pageNow, "Off", offPage{Standby: h.source.standby(), Alert: text})
	}
	if r.Method != http.MethodPost {
		refuse(http.StatusMethodNotAllowed, "Use the button on this page.")
		return
	}
	if err := h.origins.Check(r); err != nil {
		refuse(http.StatusForbidden, "Nothing was turned on: the request came from another site. Use the button on this page. "+originHint)
		return
	}
	if h.source.Enable == nil {
		refuse(http.StatusConflict, "Nothing was turned on: this page cannot do that, because the program is another one.")
		return
	}
	if err := h.source.Enable(r.Context()); err != nil {
		refuse(http.StatusConflict, "Nothing was turned on: "+shown(err.Error())+".")
		return
	}
	h.latest.forget()
	w.Header().Set("Location", "./")
	w.WriteHeader(http.StatusSeeOther)
}

// invalid is the setting for which diagnostics are off, in words; empty where they are
// off as they were told to be.
func invalid(reason error) string {
	if reason == nil || errors.Is(reason, otelmem.ErrStandby) || reason.Error() == otelmem.ErrDisabled.Error() {
		return ""
	}
	return shown(capital(reason.Error()) + ".")
}
