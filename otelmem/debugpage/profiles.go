package debugpage

import (
	"context"
	"errors"
	"net/http"

	"github.com/google/pprof/profile"

	"github.com/otelmem/otelmem-go/dump"
	"github.com/otelmem/otelmem-go/dump/compare"
)

// withProfiles reads heap profiles and has f work on them, when nobody else does and
// while there is memory for it. base is nil for one profile. What f keeps must be small:
// the next one enters when it returns.
func (h *handler) withProfiles(ctx context.Context, base, current *dump.Entry, f func(before, after *profile.Profile) error) error {
	leave, err := h.reading.enter(ctx)
	if err != nil {
		return err
	}
	defer leave()
	dumps := []*dump.Entry{current}
	if base != nil {
		dumps = append(dumps, base)
	}
	if err := readHeadroom().enough(dumps...); err != nil {
		return err
	}
	var before, after *profile.Profile
	if base != nil {
		if before, err = compare.ReadContext(ctx, base.Path); err != nil {
			return err
		}
	}
	if after, err = compare.ReadContext(ctx, current.Path); err != nil {
		return err
	}
	return f(before, after)
}

// failProfiles answers where profiles could not be looked at.
func (h *handler) failProfiles(w http.ResponseWriter, r *http.Request, err error) {
	if errors.Is(err, errBusy) || errors.Is(err, errNoHeadroom) {
		w.Header().Set("Retry-After", retryAfter)
	}
	h.fail(w, r, http.StatusServiceUnavailable, shown(capital(err.Error()))+".")
}
