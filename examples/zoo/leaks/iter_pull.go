package leaks

import (
	"fmt"
	"iter"
	"net/http"

	"github.com/otelmem/otelmem-go/examples/zoo/service"
)

// cells pulls the first of a sequence and does not stop it: its coroutine stays.
type cells struct{ service *service.Service }

func (c *cells) all(yield func(int) bool) {
	block := make([]int, 4000) // LEAK:
	for i := range block {
		if !yield(block[i]) { // LEAK:
			return
		}
	}
}

func (c *cells) first(w http.ResponseWriter, _ *http.Request) {
	next, stop := iter.Pull(c.all) // LEAK:
	if !c.service.Grows() {
		defer stop()
	}
	cell, _ := next() // LEAK:
	fmt.Fprintln(w, cell)
}

func init() {
	register(service.Case{
		Name:      "iter-pull",
		Kind:      service.Goroutine,
		Operation: "GET /api/cells",
		Functions: []string{"(*cells).first", "(*cells).all"},
		Rate:      30,
		Setup:     func(s *service.Service) { s.HandleFunc("GET /api/cells", (&cells{s}).first) },
		Request:   service.Get("/api/cells"),
	})
}
