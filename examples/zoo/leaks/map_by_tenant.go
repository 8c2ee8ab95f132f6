package leaks

import (
	"net/http"
	"sync"

	"github.com/otelmem/otelmem-go/examples/zoo/service"
)

// limits has a bucket for each tenant and endpoint, and for whatever else calls
// itself a tenant.
type limits struct {
	service  *service.Service
	mu       sync.Mutex
	byTenant map[string]map[string]*bucket
}

type bucket struct {
	tokens float64
	_      [1000]float64 // the last requests
}

func (l *limits) check(w http.ResponseWriter, r *http.Request) {
	l.mu.Lock()
	defer l.mu.Unlock()
	tenant := r.PathValue("tenant")
	if !l.service.Grows() {
		tenant = "acme"
	}
	endpoints := l.byTenant[tenant]
	if endpoints == nil {
		endpoints = make(map[string]*bucket)
		l.byTenant[tenant] = endpoints
	}
	for _, endpoint := range []string{"read", "write", "list", "watch", "delete", "admin", "login", "logout"} {
		if endpoints[endpoint] == nil {
			endpoints[endpoint] = &bucket{tokens: 10} // LEAK:
		}
	}
	w.WriteHeader(http.StatusNoContent)
}

func init() {
	register(service.Case{
		Name:      "map-by-tenant",
		Operation: "GET /api/limits/{tenant}",
		Functions: []string{"(*limits).check"},
		Setup: func(s *service.Service) {
			s.HandleFunc("GET /api/limits/{tenant}", (&limits{service: s, byTenant: make(map[string]map[string]*bucket)}).check)
		},
		Request: service.Get("/api/limits/t%d"),
	})
}
