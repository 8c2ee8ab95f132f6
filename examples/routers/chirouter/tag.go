// Package chirouter shows heap tags with github.com/go-chi/chi/v5.
//
// One line beside the router's other middleware, inside those that recover:
//
//	r := chi.NewRouter()
//	r.Use(middleware.Recoverer, chirouter.Tag)
//	r.Get("/users/{id}", user)                // what user keeps is "GET /users/{id}"'s
//	http.ListenAndServe(addr, otelhttp.NewHandler(r, "server"))
//
// chi runs the middleware of Use before it routes, when RoutePattern is still
// empty. [Tag] therefore asks the router what it will choose, mounted routers
// included; that routes twice. [TagRoute] does not, and goes where chi has routed
// already: With and Group.
//
//	r.With(chirouter.TagRoute).Get("/users/{id}", user)
//	r.Group(func(r chi.Router) {
//		r.Use(chirouter.TagRoute)
//		r.Get("/users/{id}", user)
//	})
//
// A path or method without a route is no operation.
package chirouter

import (
	"cmp"
	"net/http"

	"github.com/go-chi/chi/v5"

	"github.com/otelmem/otelmem-go/otelmem"
)

// Tag makes each request the operation of its method and route pattern. It is for
// the outermost router's Use.
func Tag(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		serve(next, w, r, find(r))
	})
}

// TagRoute does the same within With and Group. Below Route and Mount use [Tag]
// at the root: chi has routed there to the mounted router only.
func TagRoute(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		serve(next, w, r, chi.RouteContext(r.Context()).RoutePattern())
	})
}

// find is the pattern that the router will choose, empty where there is none.
func find(r *http.Request) string {
	routed := chi.RouteContext(r.Context())
	if routed == nil || routed.Routes == nil {
		return "" // not below a chi router
	}
	// As chi itself does: middleware such as StripSlashes changes RoutePath.
	path := cmp.Or(routed.RoutePath, r.URL.RawPath, r.URL.Path, "/")
	method := cmp.Or(routed.RouteMethod, r.Method)
	return routed.Routes.Find(chi.NewRouteContext(), method, path)
}

// serve uses HandlerFor rather than Do, because it hands r.Pattern, which chi
// sets, out to otelhttp.
func serve(next http.Handler, w http.ResponseWriter, r *http.Request, pattern string) {
	if pattern == "" {
		next.ServeHTTP(w, r)
		return
	}
	otelmem.HandlerFor(r.Method+" "+pattern, next).ServeHTTP(w, r)
}
