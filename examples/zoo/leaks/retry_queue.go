package leaks

import (
	"bytes"
	"context"
	"time"

	"github.com/otelmem/otelmem-go/examples/zoo/service"
)

// export tries what failed again with the next run, and it always fails.
type export struct {
	service *service.Service
	failed  [][]byte
}

func (e *export) run(context.Context) {
	e.failed = append(e.failed, bytes.Repeat([]byte("span "), 12<<10)) // LEAK:
	pending := e.failed
	e.failed = nil
	for _, batch := range pending {
		if !e.send(batch) {
			e.failed = append(e.failed, batch)
		}
	}
}

func (e *export) send([]byte) bool { return !e.service.Grows() }

func init() {
	register(service.Case{
		Name:      "retry-queue",
		Operation: "export_spans",
		Functions: []string{"(*export).run"},
		Setup:     func(s *service.Service) { s.Every(40*time.Millisecond, "export_spans", (&export{service: s}).run) },
	})
}
