package innocents

import (
	"encoding/json"
	"fmt"
	"net/http"

	"github.com/otelmem/otelmem-go/examples/zoo/service"
)

type hit struct {
	ID    int      `json:"id"`
	Title string   `json:"title"`
	Tags  []string `json:"tags"`
}

// searchHits allocates much and keeps nothing.
func searchHits(w http.ResponseWriter, _ *http.Request) {
	hits := make([]hit, 1000)
	for i := range hits {
		hits[i] = hit{ID: i, Title: fmt.Sprint("document ", i), Tags: []string{"a", "b", fmt.Sprint("tag ", i)}}
	}
	_ = json.NewEncoder(w).Encode(hits)
}

func init() {
	register(service.Case{
		Name:      "json-churn",
		Kind:      service.None,
		Neighbour: true,
		Setup:     func(s *service.Service) { s.HandleFunc("GET /api/search", searchHits) },
		Request:   service.Get("/api/search"),
	})
}
