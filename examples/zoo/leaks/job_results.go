package leaks

import (
	"bytes"
	"context"
	"sync"
	"time"

	"github.com/otelmem/otelmem-go/examples/zoo/service"
)

// results of jobs are kept until somebody fetches them, and nobody does.
type resizer struct {
	service *service.Service
	mu      sync.Mutex
	done    map[int][]byte
}

func (r *resizer) resize(context.Context) {
	image := bytes.Repeat([]byte("image "), 11<<10) // LEAK:
	r.mu.Lock()
	defer r.mu.Unlock()
	if !r.service.Grows() {
		clear(r.done)
	}
	r.done[len(r.done)] = image
}

func init() {
	register(service.Case{
		Name:      "job-results",
		Operation: "resize_image",
		Functions: []string{"(*resizer).resize"},
		Setup: func(s *service.Service) {
			s.Every(40*time.Millisecond, "resize_image", (&resizer{service: s, done: make(map[int][]byte)}).resize)
		},
	})
}
