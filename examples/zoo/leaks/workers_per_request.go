package leaks

import (
	"net/http"

	"github.com/otelmem/otelmem-go/examples/zoo/service"
)

// pool is four workers for each request, which wait for work when it is done.
type pool struct{ jobs chan func() }

func newPool() *pool {
	p := &pool{make(chan func(), 4)}
	for range 4 {
		go p.work() // LEAK:
	}
	return p
}

func (p *pool) work() {
	for job := range p.jobs { // LEAK:
		job()
	}
}

type hashes struct{ service *service.Service }

func (h *hashes) compute(w http.ResponseWriter, _ *http.Request) {
	p := newPool()
	done := make(chan struct{})
	p.jobs <- func() { close(done) }
	<-done
	if !h.service.Grows() {
		close(p.jobs)
	}
	w.WriteHeader(http.StatusNoContent)
}

func init() {
	register(service.Case{
		Name:      "workers-per-request",
		Kind:      service.Goroutine,
		Operation: "POST /api/hashes",
		Functions: []string{"(*hashes).compute", "newPool", "(*pool).work"},
		Setup:     func(s *service.Service) { s.HandleFunc("POST /api/hashes", (&hashes{s}).compute) },
		Request:   service.Post("/api/hashes", nil),
	})
}
