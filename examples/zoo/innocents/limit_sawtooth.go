package innocents

import (
	"fmt"
	"net/http"
	"strings"

	"github.com/otelmem/otelmem-go/examples/zoo/service"
)

// track makes garbage: with GOGC=off the heap goes up to the limit and falls back,
// again and again, as it is meant to.
func track(w http.ResponseWriter, _ *http.Request) {
	points := make([]string, 4000)
	for i := range points {
		points[i] = fmt.Sprintf("%d,%d,point %d", i, -i, i)
	}
	fmt.Fprintln(w, len(strings.Join(points, ";")))
}

func init() {
	register(service.Case{
		Name:    "limit-sawtooth",
		Kind:    service.None,
		Env:     []string{"GOGC=off", "GOMEMLIMIT=200MiB"},
		Rate:    40,
		Setup:   func(s *service.Service) { s.HandleFunc("GET /api/track", track) },
		Request: service.Get("/api/track"),
	})
}
