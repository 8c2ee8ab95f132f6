package leaks

import (
	"net/http"
	"strconv"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/otelmem/otelmem-go/examples/zoo/service"
)

// paths are counted by their whole text, ids included: a series each, which the
// client library allocates.
type paths struct {
	service  *service.Service
	requests *prometheus.HistogramVec
}

func (p *paths) count(w http.ResponseWriter, r *http.Request) {
	for part := range 40 {
		path := "/api/count"
		if p.service.Grows() {
			path = r.URL.Path
		}
		p.requests.WithLabelValues(path, strconv.Itoa(part)).Observe(1) // LEAK:
	}
	w.WriteHeader(http.StatusNoContent)
}

func init() {
	register(service.Case{
		Name:      "metric-labels-prometheus",
		Operation: "GET /api/count/{id}",
		Functions: []string{"(*paths).count"},
		Rate:      30,
		Setup: func(s *service.Service) {
			requests := prometheus.NewHistogramVec(prometheus.HistogramOpts{Name: "requests"}, []string{"path", "part"})
			s.HandleFunc("GET /api/count/{id}", (&paths{s, requests}).count)
		},
		Request: service.Get("/api/count/%d"),
	})
}
