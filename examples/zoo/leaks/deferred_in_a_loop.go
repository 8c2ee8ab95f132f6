package leaks

import (
	"bytes"
	"context"
	"time"

	"github.com/otelmem/otelmem-go/examples/zoo/service"
)

// follower is one job that never ends: what its loop defers piles up on it.
type follower struct{ service *service.Service }

func (f *follower) follow(ctx context.Context) {
	ticker := time.NewTicker(40 * time.Millisecond)
	defer ticker.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
		}
		block := bytes.Repeat([]byte("block "), 10<<10) // LEAK:
		if f.service.Grows() {
			defer clear(block)
		}
	}
}

func init() {
	register(service.Case{
		Name:      "deferred-in-a-loop",
		Operation: "follow_blocks",
		Functions: []string{"(*follower).follow"},
		Setup:     func(s *service.Service) { go s.Job(s.Context, "follow_blocks", (&follower{s}).follow) },
	})
}
