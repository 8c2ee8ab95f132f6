package leaks

import (
	"bytes"
	"net/http"
	"sync"

	"github.com/otelmem/otelmem-go/examples/zoo/service"
)

// profiles are kept by user, and users never go.
type profiles struct {
	service *service.Service
	mu      sync.Mutex
	byUser  map[string][]byte
}

func (p *profiles) show(w http.ResponseWriter, r *http.Request) {
	profile := bytes.Repeat([]byte("profile "), 8<<10) // LEAK:
	if p.service.Grows() {
		p.mu.Lock()
		defer p.mu.Unlock()
		p.byUser[r.PathValue("user")] = profile
	}
	_, _ = w.Write(profile[:8])
}

func init() {
	register(service.Case{
		Name:      "map-by-user",
		Operation: "GET /api/profiles/{user}",
		Functions: []string{"(*profiles).show"},
		Setup: func(s *service.Service) {
			s.HandleFunc("GET /api/profiles/{user}", (&profiles{service: s, byUser: make(map[string][]byte)}).show)
		},
		Request: service.Get("/api/profiles/user%d"),
	})
}
