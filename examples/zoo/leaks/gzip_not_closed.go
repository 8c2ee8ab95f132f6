package leaks

import (
	"compress/gzip"
	"io"
	"net/http"
	"sync"

	"github.com/otelmem/otelmem-go/examples/zoo/service"
)

// archives has a compressor for each export that is under way: some hundred KiB,
// which only close would take out.
type archives struct {
	service *service.Service
	mu      sync.Mutex
	open    map[string]*gzip.Writer
}

func (a *archives) add(w http.ResponseWriter, r *http.Request) {
	id := r.PathValue("id")
	writer := gzip.NewWriter(io.Discard)
	_, _ = io.WriteString(writer, "one row\n") // LEAK:
	a.mu.Lock()
	defer a.mu.Unlock()
	a.open[id] = writer
	if !a.service.Grows() {
		a.close(id)
	}
	w.WriteHeader(http.StatusAccepted)
}

func (a *archives) close(id string) {
	_ = a.open[id].Close()
	delete(a.open, id)
}

func init() {
	register(service.Case{
		Name:      "gzip-not-closed",
		Operation: "POST /api/archives/{id}",
		Functions: []string{"(*archives).add"},
		Rate:      3, // 800 KiB each
		Setup: func(s *service.Service) {
			s.HandleFunc("POST /api/archives/{id}", (&archives{service: s, open: make(map[string]*gzip.Writer)}).add)
		},
		Request: service.Post("/api/archives/%d", nil),
	})
}
