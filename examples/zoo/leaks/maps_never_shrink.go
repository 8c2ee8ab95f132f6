package leaks

import (
	"net/http"
	"sync"

	"github.com/otelmem/otelmem-go/examples/zoo/service"
)

// carts deletes the lines of each cart and keeps its map, which stays as large as
// it ever was.
type carts struct {
	service *service.Service
	mu      sync.Mutex
	byUser  map[string]map[int][8]int64
}

func (c *carts) order(w http.ResponseWriter, r *http.Request) {
	c.mu.Lock()
	defer c.mu.Unlock()
	lines := make(map[int][8]int64)
	c.byUser[r.PathValue("user")] = lines
	for i := range 700 {
		lines[i] = [8]int64{int64(i)} // LEAK:
	}
	for i := range 700 {
		delete(lines, i)
	}
	if !c.service.Grows() {
		delete(c.byUser, r.PathValue("user"))
	}
	w.WriteHeader(http.StatusCreated)
}

func init() {
	register(service.Case{
		Name:      "maps-never-shrink",
		Operation: "POST /api/carts/{user}/order",
		Functions: []string{"(*carts).order"},
		Setup: func(s *service.Service) {
			s.HandleFunc("POST /api/carts/{user}/order", (&carts{service: s, byUser: make(map[string]map[int][8]int64)}).order)
		},
		Request: service.Post("/api/carts/u%d/order", nil),
	})
}
