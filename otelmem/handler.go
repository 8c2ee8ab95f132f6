package otelmem

import (
	"context"
	"maps"
	"net/http"
	"runtime/pprof"
	"strings"
	"sync"
	"sync/atomic"

	"github.com/otelmem/otelmem-go/internal/heaptag"
	"github.com/otelmem/otelmem-go/otelmem/internal/category"
)

// Handler serves as h does, and each request is the operation of its route, as by
// [Do]. Where h is an *http.ServeMux the route is the pattern that the mux will
// choose, so that nothing changes for each route. Other routers set no pattern
// before they call: use [HandlerFor] inside them. A request without a route is no
// operation: what a client makes up must not become one.
//
// Put it inside otelhttp: otelhttp.NewHandler(otelmem.Handler(mux), "server").
// The http.ResponseWriter is passed on as it is.
//
//go:noinline // an inlined closure would bear the caller's name in profiles
func Handler(h http.Handler) http.Handler {
	mux, _ := h.(*http.ServeMux)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		next, pattern := h, r.Pattern
		if mux != nil {
			next, pattern = route(mux, r)
		}
		if pattern == "" {
			next.ServeHTTP(w, r)
			return
		}
		serve(next, w, r, routes.tag(r.Method, pattern))
	})
}

// route asks the mux for a request's pattern, and returns what is to serve it: the
// mux again where only it can tell the pattern's wildcards, else the handler that
// it chose, so that no request is routed twice without need.
func route(mux *http.ServeMux, r *http.Request) (http.Handler, string) {
	h, pattern := mux.Handler(r)
	if pattern == "" || r.RequestURI == "*" || strings.IndexByte(pattern, '{') >= 0 {
		return mux, pattern
	}
	r.Pattern = pattern
	return h, pattern
}

// HandlerFor serves as h does, and each request is operation, as by [Do].
//
//go:noinline // as Handler
func HandlerFor(operation string, h http.Handler) http.Handler {
	tag := tagOf(operation)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { serve(h, w, r, tag) })
}

func serve(h http.Handler, w http.ResponseWriter, r *http.Request, tag *heaptag.Tag) {
	outside := r.Context()
	inner := &taggedRequest{Context: outside, tag: tag}
	// WithContext is inlined, so that its copy is not on the heap: context and
	// request are one allocation.
	inner.request = *r.WithContext(inner)
	labels := tag.SetLabels(outside)
	// Who is outside looks at its own request: what the mux and the handler
	// write into theirs must be there, also after a panic.
	defer func() {
		pprof.SetGoroutineLabels(labels)
		r.Pattern = inner.request.Pattern
		r.MultipartForm = inner.request.MultipartForm
	}()
	heaptag.Do(tag.ID, func() { h.ServeHTTP(w, &inner.request) })
}

// taggedRequest is a request, and its context that carries the tag.
type taggedRequest struct {
	context.Context
	tag     *heaptag.Tag
	request http.Request
}

func (t *taggedRequest) Value(key any) any {
	if key == (tagKey{}) {
		return t.tag
	}
	return t.Context.Value(key)
}

// routes are the tags of all muxes' patterns.
var routes = new(routeTags)

// routeTags finds the tag of a route without a lock or an allocation. It grows
// with the patterns in the program and the methods there are, and no further.
type routeTags struct {
	known atomic.Pointer[map[methodAndPattern]*heaptag.Tag]
	mu    sync.Mutex
}

type methodAndPattern struct{ method, pattern string }

func (t *routeTags) tag(method, pattern string) *heaptag.Tag {
	key := methodAndPattern{category.Method(method), pattern}
	if known := t.known.Load(); known != nil {
		if tag := (*known)[key]; tag != nil {
			return tag
		}
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	known := make(map[methodAndPattern]*heaptag.Tag)
	if old := t.known.Load(); old != nil {
		maps.Copy(known, *old)
	}
	tag := heaptag.Default.Tag(category.Route(method, pattern))
	known[key] = tag
	t.known.Store(&known)
	return tag
}
