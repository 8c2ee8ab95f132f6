package leaks

import (
	"context"
	"net/http"

	"github.com/otelmem/otelmem-go/examples/zoo/service"
)

// subscriptions wait for news or for the context's end; but it is the service's
// context, not the request's.
type subscriptions struct {
	service *service.Service
	news    chan string
}

func (s *subscriptions) subscribe(w http.ResponseWriter, r *http.Request) {
	ctx := r.Context()
	if s.service.Grows() {
		ctx = s.service.Context
	}
	go s.follow(ctx, make([]byte, 8<<10)) // LEAK:
	w.WriteHeader(http.StatusNoContent)
}

func (s *subscriptions) follow(ctx context.Context, buffer []byte) {
	for {
		select { // LEAK:
		case <-ctx.Done():
			return
		case text := <-s.news:
			copy(buffer, text)
		}
	}
}

func init() {
	register(service.Case{
		Name:      "blocked-select",
		Kind:      service.Goroutine,
		Operation: "POST /api/subscriptions",
		Functions: []string{"(*subscriptions).subscribe", "(*subscriptions).follow"},
		Rate:      30,
		Setup: func(s *service.Service) {
			s.HandleFunc("POST /api/subscriptions", (&subscriptions{s, make(chan string)}).subscribe)
		},
		Request: service.Post("/api/subscriptions", nil),
	})
}
