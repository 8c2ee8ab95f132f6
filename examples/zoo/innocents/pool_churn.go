package innocents

import (
	"compress/gzip"
	"fmt"
	"io"
	"net/http"
	"sync"

	"github.com/otelmem/otelmem-go/examples/zoo/service"
)

// writers are compressors of some hundred KiB each: used by one request after
// another, and dropped by the collector as it likes.
var writers = sync.Pool{New: func() any { return gzip.NewWriter(io.Discard) }}

func export(w http.ResponseWriter, _ *http.Request) {
	z := writers.Get().(*gzip.Writer)
	defer writers.Put(z)
	z.Reset(w)
	for i := range 500 {
		fmt.Fprintf(z, "row %d, some text, %d\n", i, i*i)
	}
	_ = z.Close()
}

func init() {
	register(service.Case{
		Name:      "pool-churn",
		Kind:      service.None,
		Neighbour: true,
		Rate:      60,
		Clients:   16,
		Setup:     func(s *service.Service) { s.HandleFunc("GET /api/export", export) },
		Request:   service.Get("/api/export"),
	})
}
