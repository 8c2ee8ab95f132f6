package leaks

import (
	"bytes"
	"crypto/rand"
	"net/http"
	"sync"

	"github.com/otelmem/otelmem-go/examples/zoo/service"
)

// logins opens a session for each visitor, and only those who log out lose it.
type logins struct {
	service  *service.Service
	sessions sync.Map // string to []byte
}

func (l *logins) open(w http.ResponseWriter, _ *http.Request) {
	id, basket := rand.Text(), bytes.Repeat([]byte("basket "), 9<<10) // LEAK:
	l.sessions.Store(id, basket)
	if !l.service.Grows() {
		l.sessions.Delete(id)
	}
	_, _ = w.Write([]byte(id))
}

func init() {
	register(service.Case{
		Name:      "map-by-session",
		Operation: "POST /api/login",
		Functions: []string{"(*logins).open"},
		Setup:     func(s *service.Service) { s.HandleFunc("POST /api/login", (&logins{service: s}).open) },
		Request:   service.Post("/api/login", nil),
	})
}
