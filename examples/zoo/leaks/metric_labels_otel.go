package leaks

import (
	"net/http"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/metric"

	"github.com/otelmem/otelmem-go/examples/zoo/service"
)

// latencies are a histogram by user: a series each, which the SDK allocates.
type latencies struct {
	service   *service.Service
	histogram metric.Int64Histogram
}

func (l *latencies) observe(w http.ResponseWriter, r *http.Request) {
	for part := range 40 {
		user := "all"
		if l.service.Grows() {
			user = r.PathValue("user")
		}
		l.histogram.Record(r.Context(), int64(part), metric.WithAttributes(attribute.String("user", user), attribute.Int("part", part))) // LEAK:
	}
	w.WriteHeader(http.StatusNoContent)
}

func init() {
	register(service.Case{
		Name:      "metric-labels-otel",
		Operation: "GET /api/latency/{user}",
		Functions: []string{"(*latencies).observe"},
		Rate:      30,
		Setup: func(s *service.Service) {
			histogram, err := s.Meter.Int64Histogram("request.parts")
			if err != nil {
				panic(err)
			}
			s.HandleFunc("GET /api/latency/{user}", (&latencies{s, histogram}).observe)
		},
		Request: service.Get("/api/latency/u%d"),
	})
}
