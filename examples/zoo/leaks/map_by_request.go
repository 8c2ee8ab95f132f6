package leaks

import (
	"bytes"
	"context"
	"net/http"
	"sync"

	"github.com/otelmem/otelmem-go/examples/zoo/service"
)

// variables are kept by request, and deleted when it ends: but by then it is
// another one, since a middleware copied it.
type variables struct {
	mu        sync.Mutex
	byRequest map[*http.Request][]byte
}

type tenantKey struct{}

func (v *variables) serve(w http.ResponseWriter, r *http.Request, grows bool) {
	inner := r
	if grows {
		inner = r.WithContext(context.WithValue(r.Context(), tenantKey{}, r.PathValue("tenant")))
	}
	v.set(inner)
	v.mu.Lock()
	delete(v.byRequest, r)
	v.mu.Unlock()
	w.WriteHeader(http.StatusNoContent)
}

func (v *variables) set(r *http.Request) {
	value := bytes.Repeat([]byte("value "), 8<<10) // LEAK:
	v.mu.Lock()
	defer v.mu.Unlock()
	v.byRequest[r] = value
}

func init() {
	register(service.Case{
		Name:      "map-by-request",
		Operation: "GET /api/tenants/{tenant}/settings",
		Functions: []string{"(*variables).serve", "(*variables).set"},
		Setup: func(s *service.Service) {
			v := &variables{byRequest: make(map[*http.Request][]byte)}
			s.HandleFunc("GET /api/tenants/{tenant}/settings", func(w http.ResponseWriter, r *http.Request) { v.serve(w, r, s.Grows()) })
		},
		Request: service.Get("/api/tenants/t%d/settings"),
	})
}
