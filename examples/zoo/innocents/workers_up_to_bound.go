package innocents

import (
	"bytes"
	"net/http"
	"sync/atomic"

	"github.com/otelmem/otelmem-go/examples/zoo/service"
)

// workers are started with the work, up to 300, and then wait for more.
type workers struct {
	service *service.Service
	jobs    chan string
	started atomic.Int32
}

const workersAtMost = 300

func (p *workers) submit(w http.ResponseWriter, r *http.Request) {
	if p.started.Load() == 0 || p.service.Grows() && p.started.Load() < workersAtMost {
		p.started.Add(1)
		go p.work()
	}
	p.jobs <- r.PathValue("id")
	w.WriteHeader(http.StatusAccepted)
}

func (p *workers) work() {
	scratch := bytes.Repeat([]byte{0}, 64<<10)
	for job := range p.jobs {
		copy(scratch, job)
	}
}

func init() {
	register(service.Case{
		Name: "workers-up-to-bound",
		Kind: service.None,
		Setup: func(s *service.Service) {
			s.HandleFunc("POST /api/work/{id}", (&workers{service: s, jobs: make(chan string)}).submit)
		},
		Request: service.Post("/api/work/%d", nil),
	})
}
