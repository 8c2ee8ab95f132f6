package muxrouter

import (
	"net/http"
	"testing"

	"github.com/gorilla/mux"

	"github.com/otelmem/otelmem-go/examples/routers/proof"
)

func keep(http.ResponseWriter, *http.Request)              { proof.Keep() }
func keepInner(_ http.ResponseWriter, r *http.Request)     { proof.KeepInner(r.Context()) }
func keepElsewhere(_ http.ResponseWriter, r *http.Request) { proof.KeepElsewhere(r.Context()) }
func boom(http.ResponseWriter, *http.Request)              { panic("boom") }

// keepAnd keeps and answers with the status.
func keepAnd(status int) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		proof.Keep()
		w.WriteHeader(status)
	})
}

func router() *mux.Router {
	r := mux.NewRouter()
	r.Use(Tag)
	r.NotFoundHandler = keepAnd(http.StatusNotFound)
	r.MethodNotAllowedHandler = keepAnd(http.StatusMethodNotAllowed)
	r.HandleFunc("/users/{id}", keep).Methods(http.MethodGet)
	r.HandleFunc("/numbers/{id:[0-9]+}", keep)
	r.HandleFunc("/elsewhere/{id}", keepElsewhere)
	r.HandleFunc("/inner/{id}", keepInner)
	r.HandleFunc("/boom/{id}", boom)
	r.PathPrefix("/files/").HandlerFunc(keep)
	r.PathPrefix("/api/{tenant}").Subrouter().HandleFunc("/orders/{id}", keep)
	r.Host("status.example.com").HandlerFunc(keep)
	return r
}

func TestAnOperationIsNamedByItsTemplate(t *testing.T) {
	for _, c := range []struct{ name, path, operation string }{
		{"a route", "/users/7", "GET /users/{id}"},
		{"a pattern of its own", "/numbers/7", "GET /numbers/{id:[0-9]+}"},
		{"a prefix", "/files/a/b.txt", "GET /files/"},
		{"a subrouter", "/api/acme/orders/7", "GET /api/{tenant}/orders/{id}"},
		{"on another goroutine", "/elsewhere/7", "GET /elsewhere/{id}"},
		{"within Do, whose name wins", "/inner/7", "thumbnails"},
	} {
		t.Run(c.name, func(t *testing.T) {
			proof.WantGrowth(t, c.operation, func() { proof.Get(t, router(), c.path, http.StatusOK) })
		})
	}
}

func TestWhatAClientMakesUpIsNoOperation(t *testing.T) {
	proof.WantMadeUpIsNothing(t, func() http.Handler { return router() })
}

func TestARouteWithoutAPathIsNoOperation(t *testing.T) {
	proof.WantNoOperation(t, func() {
		proof.Get(t, router(), "http://status.example.com/made/up", http.StatusOK)
	})
}

func TestAPanicPassesThrough(t *testing.T) {
	proof.WantPanic(t, func() { proof.Get(t, router(), "/boom/7", http.StatusOK) })
}
