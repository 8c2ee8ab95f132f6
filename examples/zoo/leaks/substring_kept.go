package leaks

import (
	"io"
	"net/http"
	"strings"
	"sync"

	"github.com/otelmem/otelmem-go/examples/zoo/service"
)

// titles keeps the first line of each document, which is a part of all of it.
type titles struct {
	service *service.Service
	mu      sync.Mutex
	all     []string
}

func (t *titles) upload(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return
	}
	text := string(body) // LEAK:
	title, _, _ := strings.Cut(text, "\n")
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.service.Grows() {
		t.all = append(t.all, title)
	}
	w.WriteHeader(http.StatusCreated)
}

func init() {
	register(service.Case{
		Name:      "substring-kept",
		Operation: "POST /api/documents",
		Functions: []string{"(*titles).upload"},
		Setup:     func(s *service.Service) { s.HandleFunc("POST /api/documents", (&titles{service: s}).upload) },
		Request:   service.Post("/api/documents", []byte("A title\n"+strings.Repeat("text ", 12<<10))),
	})
}
