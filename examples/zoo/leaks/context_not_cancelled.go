package leaks

import (
	"bytes"
	"context"
	"net/http"

	"github.com/otelmem/otelmem-go/examples/zoo/service"
)

// uploads has a context for each, below the service's, which holds it until
// somebody calls cancel.
type uploads struct{ service *service.Service }

type uploadKey struct{}

func (u *uploads) begin(w http.ResponseWriter, _ *http.Request) {
	chunk := bytes.Repeat([]byte("chunk "), 10<<10) // LEAK:
	ctx, cancel := context.WithCancelCause(u.service.Context)
	ctx = context.WithValue(ctx, uploadKey{}, chunk)
	context.AfterFunc(ctx, func() { clear(chunk) })
	u.end(cancel)
	w.WriteHeader(http.StatusAccepted)
}

func (u *uploads) end(cancel context.CancelCauseFunc) {
	if !u.service.Grows() {
		cancel(nil)
	}
}

func init() {
	register(service.Case{
		Name:      "context-not-cancelled",
		Operation: "POST /api/uploads",
		Functions: []string{"(*uploads).begin"},
		Setup:     func(s *service.Service) { s.HandleFunc("POST /api/uploads", (&uploads{s}).begin) },
		Request:   service.Post("/api/uploads", nil),
	})
}
