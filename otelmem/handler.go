package otelmem

import (
	"net/http"
	"strings"
	"sync/atomic"

	"github.com/otelmem/otelmem-go/internal/heaptag"
	"github.com/otelmem/otelmem-go/otelmem/internal/category"
)

// Handler serves as h does, and each request is the operation of its route, as by
// [Do]. Where h is an *http.ServeMux the route is the pattern that the mux will
// choose, so that nothing changes for each route. Other routers set no pattern
// before they call: their middleware uses [DoRoute]. A request without a route is no
// operation: what a client makes up must not become one.
//
// Put it inside otelhttp: otelhttp.NewHandler(otelmem.Handler(mux), "server").
//
// h gets a copy of the request, as from [http.Request.WithContext]. Afterwards the
// caller's request has what h wrote into the exported fields of the copy, such as
// Pattern and MultipartForm, but not its path values. The http.ResponseWriter is
// passed on as it is. A context that outlives its request holds the operation
// and what the caller's context held, and nothing of the request.
//
//go:noinline // an inlined closure would bear the caller's name in profiles
func Handler(h http.Handler) http.Handler {
	mux, _ := h.(*http.ServeMux)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !heaptag.Active() {
			h.ServeHTTP(w, r)
			return
		}
		next, pattern := h, r.Pattern
		if mux != nil {
			next, pattern = choose(mux, r)
		}
		if pattern == "" {
			next.ServeHTTP(w, r)
			return
		}
		serve(next, w, r, routes.of(r.Method, pattern))
	})
}

// choose asks the mux for a request's pattern, and returns what is to serve it: the
// handler that the mux chose, so that no request is routed twice without need; or
// the mux itself where only it can set what a handler may ask for: the pattern's
// wildcards, or none where a mux further out had some.
func choose(mux *http.ServeMux, r *http.Request) (http.Handler, string) {
	outer := r.Pattern
	h, pattern := mux.Handler(r)
	if pattern == "" || outer != "" || r.RequestURI == "*" || strings.IndexByte(pattern, '{') >= 0 {
		return mux, pattern
	}
	r.Pattern = pattern
	return h, pattern
}

// HandlerFor serves as h does, and each request is operation, as by [Do]. Where that is a
// route, "GET /orders", a request of another method is the operation of its own method,
// as its span is.
//
//go:noinline // as Handler
func HandlerFor(operation string, h http.Handler) http.Handler {
	method, pattern, isRoute := routeOf(operation)
	var of atomic.Pointer[route] // made with the first request that is tagged
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !heaptag.Active() {
			h.ServeHTTP(w, r)
			return
		}
		if isRoute && method != category.Method(r.Method) {
			serve(h, w, r, routes.of(r.Method, pattern))
			return
		}
		known := of.Load()
		if known == nil {
			known = newRoute(tagOf(operation), pattern)
			of.Store(known)
		}
		serve(h, w, r, known)
	})
}
