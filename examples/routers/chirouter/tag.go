// Package chirouter shows heap tags with github.com/go-chi/chi/v5: copy [Tag], and
// put it beside the outermost router's other middleware, inside those that recover:
//
//	r := chi.NewRouter()
//	r.Use(middleware.Recoverer, chirouter.Tag)
//	r.Get("/users/{id}", user)                // what user keeps is "GET /users/{id}"'s
//	http.ListenAndServe(addr, otelhttp.NewHandler(r, "server"))
package chirouter

import (
	"cmp"
	"net/http"

	"github.com/go-chi/chi/v5"

	"github.com/otelmem/otelmem-go/otelmem"
)

// Tag makes each request the operation of its method and route pattern.
func Tag(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		otelmem.DoRoute(r, pattern(r), func(r *http.Request) { next.ServeHTTP(w, r) })
	})
}

// pattern is what the router will choose, mounted routers included. chi runs the
// middleware of Use before it routes, when RoutePattern is still empty.
func pattern(r *http.Request) string {
	c := chi.RouteContext(r.Context())
	// As chi does: middleware such as StripSlashes and GetHead sets path and method.
	method, path := cmp.Or(c.RouteMethod, r.Method), cmp.Or(c.RoutePath, r.URL.RawPath, r.URL.Path)
	return c.Routes.Find(chi.NewRouteContext(), method, path)
}
