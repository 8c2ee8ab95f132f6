package innocents

import (
	"bytes"
	"net/http"
	"sync"

	"github.com/otelmem/otelmem-go/examples/zoo/service"
)

// events are the last 150.
type events struct {
	mu   sync.Mutex
	ring [150][]byte
	next int
}

func (e *events) add(w http.ResponseWriter, _ *http.Request) {
	event := bytes.Repeat([]byte("event "), 5<<10)
	e.mu.Lock()
	defer e.mu.Unlock()
	e.ring[e.next%len(e.ring)] = event
	e.next++
	_, _ = w.Write(event[:6])
}

func init() {
	register(service.Case{
		Name:      "ring-of-events",
		Kind:      service.None,
		Neighbour: true,
		Rate:      40,
		Setup:     func(s *service.Service) { s.HandleFunc("POST /api/events", new(events).add) },
		Request:   service.Post("/api/events", nil),
	})
}
