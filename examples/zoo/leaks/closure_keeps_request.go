package leaks

import (
	"bytes"
	"net/http"
	"sync"

	"github.com/otelmem/otelmem-go/examples/zoo/service"
)

// cleanups run at shutdown, and each holds what its request made.
type cleanups struct {
	service *service.Service
	mu      sync.Mutex
	all     []func()
}

func (c *cleanups) draft(w http.ResponseWriter, _ *http.Request) {
	draft := bytes.Repeat([]byte("draft "), 11<<10) // LEAK:
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.service.Grows() {
		c.all = append(c.all, func() { clear(draft) })
	}
	_, _ = w.Write(draft[:6])
}

func init() {
	register(service.Case{
		Name:      "closure-keeps-request",
		Operation: "POST /api/drafts",
		Functions: []string{"(*cleanups).draft"},
		Setup:     func(s *service.Service) { s.HandleFunc("POST /api/drafts", (&cleanups{service: s}).draft) },
		Request:   service.Post("/api/drafts", nil),
	})
}
