package leaks

import (
	"bytes"
	"context"
	"time"

	"github.com/otelmem/otelmem-go/examples/zoo/service"
)

// poller derives each run's context from the last run's, and so keeps all of them.
type poller struct {
	service *service.Service
	last    context.Context
}

type cursorKey struct{}

func (p *poller) poll(context.Context) {
	cursor := bytes.Repeat([]byte("cursor "), 4<<10) // LEAK:
	if !p.service.Grows() {
		p.last = context.Background()
	}
	p.last = context.WithValue(p.last, cursorKey{}, cursor)
}

func init() {
	register(service.Case{
		Name:      "context-chain",
		Operation: "poll_inbox",
		Functions: []string{"(*poller).poll"},
		Setup: func(s *service.Service) {
			s.Every(20*time.Millisecond, "poll_inbox", (&poller{s, context.Background()}).poll)
		},
	})
}
