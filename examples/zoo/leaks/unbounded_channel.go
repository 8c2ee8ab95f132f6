package leaks

import (
	"bytes"
	"net/http"
	"time"

	"github.com/otelmem/otelmem-go/examples/zoo/service"
)

// mailer has a channel that is as good as unbounded; it sends more slowly than
// mails come.
type mailer struct {
	service *service.Service
	mails   chan []byte
}

func (m *mailer) queue(w http.ResponseWriter, _ *http.Request) {
	m.mails <- bytes.Repeat([]byte("Dear customer "), 5<<10) // LEAK:
	w.WriteHeader(http.StatusAccepted)
}

func (m *mailer) send() {
	for range m.mails {
		if m.service.Grows() {
			time.Sleep(200 * time.Millisecond)
		}
	}
}

func init() {
	register(service.Case{
		Name:      "unbounded-channel",
		Operation: "POST /api/mails",
		Functions: []string{"(*mailer).queue"},
		Setup: func(s *service.Service) {
			m := &mailer{service: s, mails: make(chan []byte, 1<<17)}
			go m.send()
			s.HandleFunc("POST /api/mails", m.queue)
		},
		Request: service.Post("/api/mails", nil),
	})
}
