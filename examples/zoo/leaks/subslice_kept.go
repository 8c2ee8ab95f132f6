package leaks

import (
	"net/http"
	"sync"

	"github.com/otelmem/otelmem-go/examples/zoo/service"
)

// headers keeps the first bytes of each packet, and with them all of it.
type headers struct {
	service *service.Service
	mu      sync.Mutex
	seen    [][]byte
}

func (h *headers) receive(w http.ResponseWriter, r *http.Request) {
	packet := make([]byte, 64<<10) // LEAK:
	n, _ := r.Body.Read(packet)
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.service.Grows() {
		h.seen = append(h.seen, packet[:min(n, 16)])
	}
	w.WriteHeader(http.StatusAccepted)
}

func init() {
	register(service.Case{
		Name:      "subslice-kept",
		Operation: "POST /api/packets",
		Functions: []string{"(*headers).receive"},
		Setup:     func(s *service.Service) { s.HandleFunc("POST /api/packets", (&headers{service: s}).receive) },
		Request:   service.Post("/api/packets", make([]byte, 64)),
	})
}
