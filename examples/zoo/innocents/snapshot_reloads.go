package innocents

import (
	"bytes"
	"context"
	"fmt"
	"sync/atomic"
	"time"

	"github.com/otelmem/otelmem-go/examples/zoo/service"
)

// prices are loaded anew each seven seconds, whole: the old ones live until the
// new ones are complete.
type prices struct {
	current atomic.Pointer[map[string][]byte]
}

func (p *prices) reload(context.Context) {
	loaded := make(map[string][]byte)
	for i := range 300 {
		loaded[fmt.Sprint("item ", i)] = bytes.Repeat([]byte("price "), 10<<10)
	}
	p.current.Store(&loaded)
}

func init() {
	register(service.Case{
		Name:  "snapshot-reloads",
		Kind:  service.None,
		Setup: func(s *service.Service) { s.Every(7*time.Second, "reload_prices", new(prices).reload) },
	})
}
