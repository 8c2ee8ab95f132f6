package leaks

import (
	"context"
	"time"

	"github.com/otelmem/otelmem-go/examples/zoo/service"
)

// versions is a list in which each version points to the one before.
type versions struct {
	service *service.Service
	last    *version
}

type version struct {
	before *version
	state  [3000]float64
}

func (v *versions) apply(context.Context) {
	next := &version{before: v.last} // LEAK:
	if !v.service.Grows() {
		next.before = nil
	}
	next.state[0]++
	v.last = next
}

func init() {
	register(service.Case{
		Name:      "linked-list",
		Operation: "apply_change",
		Functions: []string{"(*versions).apply"},
		Setup:     func(s *service.Service) { s.Every(20*time.Millisecond, "apply_change", (&versions{service: s}).apply) },
	})
}
