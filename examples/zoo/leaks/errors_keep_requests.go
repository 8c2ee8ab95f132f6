package leaks

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"sync"

	"github.com/otelmem/otelmem-go/examples/zoo/service"
)

// payments joins each failure to the last, and each has its request's body.
type payments struct {
	service *service.Service
	mu      sync.Mutex
	last    error
}

type refused struct{ body []byte }

func (r *refused) Error() string { return fmt.Sprintf("refused: %d bytes", len(r.body)) }

func (p *payments) pay(w http.ResponseWriter, r *http.Request) {
	body := make([]byte, r.ContentLength) // LEAK:
	if _, err := io.ReadFull(r.Body, body); err != nil {
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if !p.service.Grows() {
		p.last = nil
	}
	p.last = errors.Join(p.last, &refused{body})
	http.Error(w, "refused", http.StatusPaymentRequired)
}

func init() {
	register(service.Case{
		Name:      "errors-keep-requests",
		Operation: "POST /api/payments",
		Functions: []string{"(*payments).pay"},
		Setup:     func(s *service.Service) { s.HandleFunc("POST /api/payments", (&payments{service: s}).pay) },
		Request:   service.Post("/api/payments", make([]byte, 64<<10)),
	})
}
