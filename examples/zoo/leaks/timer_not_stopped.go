package leaks

import (
	"bytes"
	"net/http"
	"time"

	"github.com/otelmem/otelmem-go/examples/zoo/service"
)

// reservations has a timer for each, which holds it for a day though it was paid.
type reservations struct{ service *service.Service }

func (v *reservations) reserve(w http.ResponseWriter, _ *http.Request) {
	seats := bytes.Repeat([]byte("seat "), 12<<10) // LEAK:
	expiry := time.AfterFunc(24*time.Hour, func() { clear(seats) })
	if !v.service.Grows() {
		expiry.Stop()
	}
	_, _ = w.Write(seats[:5])
}

func init() {
	register(service.Case{
		Name:      "timer-not-stopped",
		Operation: "POST /api/reservations",
		Functions: []string{"(*reservations).reserve"},
		Setup:     func(s *service.Service) { s.HandleFunc("POST /api/reservations", (&reservations{s}).reserve) },
		Request:   service.Post("/api/reservations", nil),
	})
}
