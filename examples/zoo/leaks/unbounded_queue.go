package leaks

import (
	"context"
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/otelmem/otelmem-go/examples/zoo/service"
)

// webhooks are queued in a slice; the job takes one in four runs, since the other side is slow.
type webhooks struct {
	service *service.Service
	mu      sync.Mutex
	queue   []string
	runs    int
}

func (h *webhooks) receive(w http.ResponseWriter, _ *http.Request) {
	h.push(strings.Repeat(`{"event":"paid"}`, 4<<10)) // LEAK:
	w.WriteHeader(http.StatusAccepted)
}

func (h *webhooks) push(event string) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.queue = append(h.queue, event)
}

func (h *webhooks) deliver(context.Context) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if !h.service.Grows() {
		h.queue = nil
	}
	h.runs++
	if h.runs%4 == 0 && len(h.queue) > 0 {
		h.queue[0] = ""
		h.queue = h.queue[1:]
	}
}

func init() {
	register(service.Case{
		Name:      "unbounded-queue",
		Operation: "POST /hooks/payments",
		Functions: []string{"(*webhooks).receive"},
		Setup: func(s *service.Service) {
			h := &webhooks{service: s}
			s.HandleFunc("POST /hooks/payments", h.receive)
			s.Every(50*time.Millisecond, "deliver_webhook", h.deliver)
		},
		Request: service.Post("/hooks/payments", nil),
	})
}
