// Package muxrouter shows heap tags with github.com/gorilla/mux: copy [Tag], and
// put it beside the outermost router's other middleware, inside those that recover:
//
//	r := mux.NewRouter()
//	r.Use(handlers.RecoveryHandler(), muxrouter.Tag)
//	r.HandleFunc("/users/{id}", user)         // what user keeps is "GET /users/{id}"'s
//	http.ListenAndServe(addr, otelhttp.NewHandler(r, "server"))
package muxrouter

import (
	"net/http"

	"github.com/gorilla/mux"

	"github.com/otelmem/otelmem-go/otelmem"
)

// Tag makes each request the operation of its method and route template. mux routes
// before it runs middleware, and runs none where it has no route. A route without a
// path, by its host alone for example, is no operation.
func Tag(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		template, _ := mux.CurrentRoute(r).GetPathTemplate()
		otelmem.DoRoute(r, template, func(r *http.Request) { next.ServeHTTP(w, r) })
	})
}
