package leaks

import (
	"encoding/json"
	"io"
	"net/http"

	"github.com/otelmem/otelmem-go/examples/zoo/service"
)

// preview reads the beginning of what a goroutine writes into a pipe.
type preview struct{ service *service.Service }

func (p *preview) show(w http.ResponseWriter, _ *http.Request) {
	reader, writer := io.Pipe()
	go p.write(writer) // LEAK:
	start := make([]byte, 100)
	n, _ := reader.Read(start)
	if !p.service.Grows() {
		defer reader.Close()
	}
	_, _ = w.Write(start[:n])
}

func (p *preview) write(w *io.PipeWriter) {
	_ = json.NewEncoder(w).Encode(make([]int, 3000)) // LEAK:
	_ = w.Close()
}

func init() {
	register(service.Case{
		Name:      "pipe-not-read",
		Kind:      service.Goroutine,
		Operation: "GET /api/preview/{id}",
		Functions: []string{"(*preview).show", "(*preview).write"},
		Rate:      30,
		Setup:     func(s *service.Service) { s.HandleFunc("GET /api/preview/{id}", (&preview{s}).show) },
		Request:   service.Get("/api/preview/%d"),
	})
}
