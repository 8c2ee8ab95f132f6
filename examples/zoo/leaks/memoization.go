package leaks

import (
	"fmt"
	"net/http"
	"sync"

	"github.com/otelmem/otelmem-go/examples/zoo/service"
)

// memoize remembers what f returned for each argument.
func memoize[K comparable, V any](f func(K) V) func(K) V {
	var mu sync.Mutex
	known := make(map[K]V)
	return func(k K) V {
		mu.Lock()
		defer mu.Unlock()
		v, ok := known[k]
		if !ok {
			v = f(k)
			known[k] = v
		}
		return v
	}
}

// distances are 8,000 from one place, and places are as many as there are digits.
func distances(place string) []float64 {
	all := make([]float64, 8000) // LEAK:
	for i := range all {
		all[i] = float64(len(place) * i)
	}
	return all
}

func init() {
	register(service.Case{
		Name:      "memoization",
		Operation: "GET /api/distances/{place}",
		Functions: []string{"distances", "serveDistances"},
		Setup: func(s *service.Service) {
			s.HandleFunc("GET /api/distances/{place}", serveDistances(s, memoize(distances)))
		},
		Request: service.Get("/api/distances/p%d"),
	})
}

func serveDistances(s *service.Service, from func(string) []float64) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		place := "here"
		if s.Grows() {
			place = r.PathValue("place")
		}
		fmt.Fprintln(w, len(from(place)))
	}
}
