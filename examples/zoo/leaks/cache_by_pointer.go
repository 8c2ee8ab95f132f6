package leaks

import (
	"bytes"
	"net/http"
	"sync"

	"github.com/otelmem/otelmem-go/examples/zoo/service"
)

// results are cached by a pointer to the query, which is another one each time.
type results struct {
	service *service.Service
	mu      sync.Mutex
	byQuery map[*query][]byte
	fixed   query
}

type query struct{ text string }

func (c *results) run(w http.ResponseWriter, r *http.Request) {
	q := &query{r.PathValue("text")}
	if !c.service.Grows() {
		q = &c.fixed
	}
	_, _ = w.Write(c.result(q)[:8])
}

func (c *results) result(q *query) []byte {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.byQuery[q] == nil {
		c.byQuery[q] = bytes.Repeat([]byte("a result "), 7<<10) // LEAK:
	}
	return c.byQuery[q]
}

func init() {
	register(service.Case{
		Name:      "cache-by-pointer",
		Operation: "GET /api/query/{text}",
		Functions: []string{"(*results).run", "(*results).result"},
		Setup: func(s *service.Service) {
			s.HandleFunc("GET /api/query/{text}", (&results{service: s, byQuery: make(map[*query][]byte)}).run)
		},
		Request: func(i int) service.Request { return service.Get("/api/query/q%d")(i % 10) },
	})
}
