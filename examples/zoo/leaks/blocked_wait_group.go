package leaks

import (
	"context"
	"sync"
	"time"

	"github.com/otelmem/otelmem-go/examples/zoo/service"
)

// sweep waits in the background for its parts, one more than there are.
type sweep struct{ service *service.Service }

func (s *sweep) run(context.Context) {
	var parts sync.WaitGroup
	parts.Add(3)
	for range 3 {
		go parts.Done()
	}
	if s.service.Grows() {
		parts.Add(1)
	}
	go s.report(&parts) // LEAK:
}

func (s *sweep) report(parts *sync.WaitGroup) {
	parts.Wait() // LEAK:
}

func init() {
	register(service.Case{
		Name:      "blocked-wait-group",
		Kind:      service.Goroutine,
		Operation: "sweep_files",
		Functions: []string{"(*sweep).run", "(*sweep).report"},
		Setup:     func(s *service.Service) { s.Every(25*time.Millisecond, "sweep_files", (&sweep{s}).run) },
	})
}
