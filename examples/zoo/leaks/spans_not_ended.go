package leaks

import (
	"net/http"
	"strings"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/trace"

	"github.com/otelmem/otelmem-go/examples/zoo/service"
)

// tracing starts a span for each upload, and keeps it for an answer that never
// comes.
type tracing struct {
	service *service.Service
	waiting chan trace.Span
}

func (t *tracing) upload(w http.ResponseWriter, r *http.Request) {
	_, span := t.service.Tracer.Start(r.Context(), "wait_for_answer")
	span.SetAttributes(attribute.String("preview", strings.Repeat("preview ", 7<<10))) // LEAK:
	if !t.service.Grows() {
		span.End()
		return
	}
	t.waiting <- span
	w.WriteHeader(http.StatusAccepted)
}

func init() {
	register(service.Case{
		Name:      "spans-not-ended",
		Operation: "POST /api/previews",
		Functions: []string{"(*tracing).upload"},
		Setup: func(s *service.Service) {
			s.HandleFunc("POST /api/previews", (&tracing{s, make(chan trace.Span, 1<<16)}).upload)
		},
		Request: service.Post("/api/previews", nil),
	})
}
