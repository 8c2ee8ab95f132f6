package innocents

import (
	"bytes"
	"context"
	"time"

	"github.com/otelmem/otelmem-go/examples/zoo/service"
)

// batch collects rows and lets go of all of them every ten seconds: a sawtooth.
type batch struct{ rows [][]byte }

func (b *batch) collect(context.Context) {
	b.rows = append(b.rows, bytes.Repeat([]byte("row "), 12<<10))
	if len(b.rows) == 200 {
		b.rows = nil
	}
}

func init() {
	register(service.Case{
		Name:      "batch-that-frees",
		Kind:      service.None,
		Neighbour: true,
		Setup:     func(s *service.Service) { s.Every(50*time.Millisecond, "collect_rows", new(batch).collect) },
	})
}
