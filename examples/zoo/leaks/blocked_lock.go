package leaks

import (
	"net/http"
	"sync"

	"github.com/otelmem/otelmem-go/examples/zoo/service"
)

// stock is counted in the background, under a lock that one who failed did not
// give back.
type stock struct {
	service *service.Service
	mu      sync.Mutex
	count   int
	failed  sync.Once
}

func (s *stock) order(w http.ResponseWriter, _ *http.Request) {
	go s.subtract() // LEAK:
	w.WriteHeader(http.StatusAccepted)
}

func (s *stock) subtract() {
	s.mu.Lock() // LEAK:
	s.count--
	forgotten := false
	if s.service.Grows() {
		s.failed.Do(func() { forgotten = true })
	}
	if forgotten {
		return
	}
	s.mu.Unlock()
}

func init() {
	register(service.Case{
		Name:      "blocked-lock",
		Kind:      service.Goroutine,
		Operation: "POST /api/orders",
		Functions: []string{"(*stock).order", "(*stock).subtract"},
		Rate:      40,
		Setup:     func(s *service.Service) { s.HandleFunc("POST /api/orders", (&stock{service: s}).order) },
		Request:   service.Post("/api/orders", nil),
	})
}
