package debugpage

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/otelmem/otelmem-go/dump"
)

// flamePolicy is for pprof's own pages, whose scripts and styles are inline. They
// run in a sandbox: without this page's origin, they can neither read it nor ask
// it for a dump.
const flamePolicy = "default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; img-src data:; " +
	"form-action 'none'; base-uri 'none'; frame-ancestors 'none'; sandbox allow-scripts allow-downloads allow-popups allow-modals"

// flameViews are pprof's pages that only read the profile. The others run programs
// on this machine, read its source files or write settings.
var flameViews = map[string]bool{
	"/": true, "/flamegraph": true, "/flamegraph2": true, "/flamegraphold": true, "/top": true, "/peek": true, "/download": true,
}

func (h *handler) flame(w http.ResponseWriter, r *http.Request, to route) {
	view := strings.TrimPrefix(r.URL.Path, to.prefix)
	if !flameViews[view] {
		h.fail(w, r, http.StatusNotFound, "This view of pprof starts programs or reads files on the server, so it is not here. Download the heap profile and use go tool pprof -http=: FILE.")
		return
	}
	views, err := h.flameOf(r.Context(), to)
	if err != nil {
		status := http.StatusServiceUnavailable
		if errors.Is(err, errNoDump) {
			status = http.StatusNotFound
		}
		h.fail(w, r, status, capital(err.Error())+".")
		return
	}
	w.Header().Set("Content-Security-Policy", flamePolicy)
	http.StripPrefix(to.prefix, views).ServeHTTP(w, r)
}

// flameOf returns pprof's pages of a dump, or of its difference to another.
func (h *handler) flameOf(ctx context.Context, to route) (http.Handler, error) {
	current, err := h.find(to.dump)
	if err != nil {
		return nil, err
	}
	dumps := []*dump.Entry{&current}
	if to.base != "" {
		base, err := h.find(to.base)
		if err != nil {
			return nil, err
		}
		dumps = append(dumps, &base)
	}
	leave, err := h.reading.enter(ctx)
	if err != nil {
		return nil, err
	}
	defer leave()
	key := to.dump + " " + to.base
	if views := h.flames.get(key); views != nil {
		return views, nil
	}
	if err := readHeadroom().enough(dumps...); err != nil {
		return nil, err
	}
	views, err := newPprof(dumps)
	if err != nil {
		return nil, err
	}
	h.flames.put(key, views)
	return views, nil
}

// flameIdle is how long a flame graph that nobody looks at is kept.
const flameIdle = 5 * time.Minute

// flames keeps the flame graph that was looked at last: each of its pages is a
// request. The zero value is ready; it is safe for concurrent use.
type flames struct {
	mu     sync.Mutex
	key    string
	views  http.Handler
	forget *time.Timer
}

func (f *flames) get(key string) http.Handler {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.views == nil || f.key != key {
		return nil
	}
	f.forget.Reset(flameIdle)
	return f.views
}

func (f *flames) put(key string, views http.Handler) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.forget == nil {
		f.forget = time.AfterFunc(flameIdle, f.clear)
	}
	f.forget.Reset(flameIdle)
	f.key, f.views = key, views
}

func (f *flames) clear() {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.views = nil
}
