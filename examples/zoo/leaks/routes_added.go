package leaks

import (
	"bytes"
	"fmt"
	"net/http"
	"sync"

	"github.com/otelmem/otelmem-go/examples/zoo/service"
)

// previews adds a route to a mux of its own for each deployment, each with its page;
// a mux has no way to remove one.
type previews struct {
	service *service.Service
	mu      sync.Mutex
	mux     *http.ServeMux
	number  int
}

func (p *previews) deploy(w http.ResponseWriter, _ *http.Request) {
	page := bytes.Repeat([]byte("<p>page</p>"), 6<<10) // LEAK:
	p.mu.Lock()
	defer p.mu.Unlock()
	if !p.service.Grows() {
		p.mux = http.NewServeMux()
	}
	p.number++
	p.mux.HandleFunc(fmt.Sprintf("GET /deployments/%d/{path...}", p.number), func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write(page) })
	w.WriteHeader(http.StatusCreated)
}

func init() {
	register(service.Case{
		Name:      "routes-added",
		Operation: "POST /api/deployments",
		Functions: []string{"(*previews).deploy"},
		Setup: func(s *service.Service) {
			s.HandleFunc("POST /api/deployments", (&previews{service: s, mux: http.NewServeMux()}).deploy)
		},
		Request: service.Post("/api/deployments", nil),
	})
}
