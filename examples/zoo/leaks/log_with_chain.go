package leaks

import (
	"context"
	"io"
	"log/slog"
	"time"

	"github.com/otelmem/otelmem-go/examples/zoo/service"
)

// consumer adds the offset to its own logger, run after run, which keeps all of
// them.
type consumer struct {
	service *service.Service
	base    *slog.Logger
	log     *slog.Logger
}

func (c *consumer) consume(context.Context) {
	if !c.service.Grows() {
		c.log = c.base
	}
	c.log = c.log.With("offset", time.Now().UnixNano()) // LEAK:
	c.log.Info("consumed")
}

func init() {
	register(service.Case{
		Name:      "log-with-chain",
		Operation: "consume_orders",
		Functions: []string{"(*consumer).consume"},
		Setup: func(s *service.Service) {
			base := slog.New(&keeping{slog.NewTextHandler(io.Discard, nil), nil})
			s.Every(5*time.Millisecond, "consume_orders", (&consumer{s, base, base}).consume)
		},
	})
}

// keeping is a handler that keeps attributes, with room for more, as handlers of log
// services do, and the handler that it was made from.
type keeping struct {
	slog.Handler
	attributes []slog.Attr
}

func (k *keeping) WithAttrs(attributes []slog.Attr) slog.Handler {
	with := make([]slog.Attr, len(attributes), 200) // LEAK:
	copy(with, attributes)
	return &keeping{k, with}
}
