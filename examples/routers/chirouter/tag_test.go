package chirouter

import (
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/go-chi/chi/v5"
	"github.com/go-chi/chi/v5/middleware"

	"github.com/otelmem/otelmem-go/examples/routers/proof"
)

func keep(http.ResponseWriter, *http.Request)              { proof.Keep() }
func keepInner(_ http.ResponseWriter, r *http.Request)     { proof.KeepInner(r.Context()) }
func keepElsewhere(_ http.ResponseWriter, r *http.Request) { proof.KeepElsewhere(r.Context()) }
func boom(http.ResponseWriter, *http.Request)              { panic("boom") }

func lost(w http.ResponseWriter, _ *http.Request) {
	proof.Keep()
	w.WriteHeader(http.StatusNotFound)
}

func denied(w http.ResponseWriter, _ *http.Request) {
	proof.Keep()
	w.WriteHeader(http.StatusMethodNotAllowed)
}

// router has each kind of route that chi has.
func router() chi.Router {
	r := chi.NewRouter()
	r.Use(middleware.StripSlashes, middleware.GetHead, Tag)
	r.NotFound(lost)
	r.MethodNotAllowed(denied)
	r.Get("/users/{id}", keep)
	r.Get("/elsewhere/{id}", keepElsewhere)
	r.Get("/inner/{id}", keepInner)
	r.Get("/boom/{id}", boom)
	r.Get("/files/*", keep)
	r.Route("/api/{tenant}", func(r chi.Router) {
		r.Get("/orders/{id}", keep)
		r.Mount("/deep", func() http.Handler {
			r := chi.NewRouter()
			r.Get("/{id:[0-9]+}", keep)
			return r
		}())
	})
	return r
}

// grouped has the middleware beside some of its routes only.
func grouped() chi.Router {
	r := chi.NewRouter()
	r.NotFound(lost)
	r.With(Tag).Get("/with/{id}", keep)
	r.Group(func(r chi.Router) {
		r.Use(Tag)
		r.Get("/group/{id}", keep)
	})
	return r
}

func TestAnOperationIsNamedByItsPattern(t *testing.T) {
	for _, c := range []struct {
		name, path, operation string
		h                     http.Handler
	}{
		{"a route", "/users/7", "GET /users/{id}", router()},
		{"a slash stripped", "/users/7/", "GET /users/{id}", router()},
		{"a wildcard", "/files/a/b.txt", "GET /files/*", router()},
		{"below Route", "/api/acme/orders/7", "GET /api/{tenant}/orders/{id}", router()},
		{"mounted below Route", "/api/acme/deep/7", "GET /api/{tenant}/deep/{id:[0-9]+}", router()},
		{"With", "/with/7", "GET /with/{id}", grouped()},
		{"Group", "/group/7", "GET /group/{id}", grouped()},
		{"on another goroutine", "/elsewhere/7", "GET /elsewhere/{id}", router()},
		{"within Do, whose name wins", "/inner/7", "thumbnails", router()},
	} {
		t.Run(c.name, func(t *testing.T) {
			proof.WantGrowth(t, c.operation, func() { proof.Get(t, c.h, c.path, http.StatusOK) })
		})
	}
}

func TestWhatAClientMakesUpIsNoOperation(t *testing.T) {
	for _, c := range []struct {
		name, method, path string
		status             int
		h                  http.Handler
	}{
		{"a path", http.MethodGet, "/made/up", http.StatusNotFound, router()},
		{"a path below a mounted router", http.MethodGet, "/api/acme/made/up", http.StatusNotFound, router()},
		{"a path beside a group", http.MethodGet, "/group/made/up", http.StatusNotFound, grouped()},
		{"a method without a route", http.MethodDelete, "/users/7", http.StatusMethodNotAllowed, router()},
		{"a method", "BREW", "/users/7", http.StatusMethodNotAllowed, router()},
	} {
		t.Run(c.name, func(t *testing.T) {
			proof.WantNoOperation(t, func() { proof.Request(t, c.h, c.method, c.path, c.status) })
		})
	}
}

func TestAPanicPassesThrough(t *testing.T) {
	proof.WantPanic(t, func() { proof.Get(t, router(), "/boom/7", http.StatusOK) })
}

func TestWhoIsOutsideSeesThePattern(t *testing.T) {
	r := httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/users/7", http.NoBody)
	var got string
	h := chi.NewRouter()
	h.Use(func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			next.ServeHTTP(w, r)
			got = r.Pattern
		})
	}, Tag)
	h.Get("/users/{id}", func(http.ResponseWriter, *http.Request) {})
	h.ServeHTTP(httptest.NewRecorder(), r)
	if got != "/users/{id}" {
		t.Errorf("pattern %q, want /users/{id}", got)
	}
}
