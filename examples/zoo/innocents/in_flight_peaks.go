package innocents

import (
	"bytes"
	"net/http"
	"time"

	"github.com/otelmem/otelmem-go/examples/zoo/service"
)

// render holds 1 MB while it waits for a slow backend.
func render(w http.ResponseWriter, r *http.Request) {
	page := bytes.Repeat([]byte("<p>text</p>"), 90<<10)
	select {
	case <-r.Context().Done():
	case <-time.After(1500 * time.Millisecond):
	}
	_, _ = w.Write(page[:11])
}

// peaks come each twenty seconds, six times as high as what lies between.
func peaks(at time.Duration) float64 {
	if at%(20*time.Second) > 14*time.Second {
		return 6
	}
	return 1
}

func init() {
	register(service.Case{
		Name:    "in-flight-peaks",
		Kind:    service.None,
		Rate:    4,
		Shape:   peaks,
		Clients: 48,
		Setup:   func(s *service.Service) { s.HandleFunc("GET /api/render", render) },
		Request: service.Get("/api/render"),
	})
}
