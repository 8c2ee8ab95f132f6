package leaks

import (
	"bytes"
	"net/http"
	"sync"
	"time"

	"github.com/otelmem/otelmem-go/examples/zoo/service"
)

// pages has a time to live, which is looked at when a page is asked for again, and
// never otherwise.
type pages struct {
	service *service.Service
	mu      sync.Mutex
	cached  map[string]page
}

type page struct {
	until time.Time
	text  []byte
}

func (p *pages) get(w http.ResponseWriter, r *http.Request) {
	path := r.PathValue("path")
	p.mu.Lock()
	defer p.mu.Unlock()
	found, ok := p.cached[path]
	if !ok || time.Now().After(found.until) {
		found = page{time.Now().Add(time.Second), bytes.Repeat([]byte("<p>text</p>"), 6<<10)} // LEAK:
		p.cached[path] = found
	}
	if !p.service.Grows() {
		delete(p.cached, path)
	}
	_, _ = w.Write(found.text[:11])
}

func init() {
	register(service.Case{
		Name:      "cache-without-eviction",
		Operation: "GET /pages/{path}",
		Functions: []string{"(*pages).get"},
		Setup: func(s *service.Service) {
			s.HandleFunc("GET /pages/{path}", (&pages{service: s, cached: make(map[string]page)}).get)
		},
		Request: service.Get("/pages/page%d"),
	})
}
