package leaks

import (
	"fmt"
	"net/http"
	"sync"
	"sync/atomic"

	"github.com/otelmem/otelmem-go/examples/zoo/service"
)

// hub registers each stream under its number, and removes it under its name.
type hub struct {
	service *service.Service
	number  atomic.Int64
	mu      sync.Mutex
	streams map[string]*socket
}

type socket struct{ in, out []byte }

func newSocket() *socket {
	return &socket{
		in:  make([]byte, 32<<10), // LEAK:
		out: make([]byte, 32<<10), // LEAK:
	}
}

func (h *hub) connect(w http.ResponseWriter, r *http.Request) {
	key := fmt.Sprint(r.PathValue("name"), "#", h.number.Add(1))
	h.mu.Lock()
	h.streams[key] = newSocket()
	h.mu.Unlock()
	fmt.Fprintln(w, "hello")
	h.disconnect(r.PathValue("name"), key)
}

func (h *hub) disconnect(name, key string) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.service.Grows() {
		key = name
	}
	delete(h.streams, key)
}

func init() {
	register(service.Case{
		Name:      "stream-registry",
		Operation: "GET /ws/{name}",
		Functions: []string{"(*hub).connect", "newSocket"},
		Setup: func(s *service.Service) {
			s.HandleFunc("GET /ws/{name}", (&hub{service: s, streams: make(map[string]*socket)}).connect)
		},
		Request: service.Get("/ws/w%d"),
	})
}
