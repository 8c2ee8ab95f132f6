package innocents

import (
	"bytes"
	"context"
	"time"

	"github.com/otelmem/otelmem-go/examples/zoo/service"
)

// closeMonth needs 40 MB for some seconds, every quarter of a minute.
func closeMonth(ctx context.Context) {
	var accounts [][]byte
	for range 400 {
		accounts = append(accounts, bytes.Repeat([]byte("account "), 13<<10))
	}
	select {
	case <-ctx.Done():
	case <-time.After(4 * time.Second):
	}
	clear(accounts)
}

func init() {
	register(service.Case{
		Name:  "bursts",
		Kind:  service.None,
		Setup: func(s *service.Service) { s.Every(15*time.Second, "close_month", closeMonth) },
	})
}
