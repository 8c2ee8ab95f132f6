package innocents

import (
	"bytes"
	"net/http"
	"sync"
	"time"

	"github.com/otelmem/otelmem-go/examples/zoo/service"
)

// cache takes what is new until it is full, evenly, and then nothing: a leak
// until then, by its looks.
type cache struct {
	service *service.Service
	mu      sync.Mutex
	entries map[string][]byte
	bound   int // entries
}

func (c *cache) get(w http.ResponseWriter, r *http.Request) {
	id := r.PathValue("id")
	c.mu.Lock()
	defer c.mu.Unlock()
	entry := c.entries[id]
	if entry == nil {
		entry = bytes.Repeat([]byte("entry "), 10<<10)
		if c.service.Grows() && len(c.entries) < c.bound {
			c.entries[id] = entry
		}
	}
	_, _ = w.Write(entry[:6])
}

func fillCache(pattern string, bound int) func(*service.Service) {
	return func(s *service.Service) {
		c := &cache{service: s, entries: make(map[string][]byte), bound: bound}
		s.HandleFunc(pattern, c.get)
	}
}

func init() {
	// 40 MB in 17 s
	register(service.Case{
		Name:    "cache-fills-fast",
		Kind:    service.None,
		Rate:    40,
		Setup:   fillCache("GET /api/tiles/{id}", 680),
		Request: service.Get("/api/tiles/%d"),
	})
	// 60 MB in 100 s
	register(service.Case{
		Name:    "cache-fills-slowly",
		Kind:    service.None,
		Rate:    10,
		Setup:   fillCache("GET /api/maps/{id}", 1000),
		Request: service.Get("/api/maps/%d"),
	})
	// 24 MB, quickly while much is new, and ever more slowly: a warming cache's curve
	register(service.Case{
		Name:  "cache-warms",
		Kind:  service.None,
		Rate:  60,
		Setup: fillCache("GET /api/users/{id}", 1<<20),
		Request: func(i int) service.Request {
			id := i * 7919 % 1009 % (i%400 + 1) // 400 users, some of them rarely
			return service.Get("/api/users/%d")(id)
		},
	})
	// the bound is reached in bursts of a second, each five seconds
	register(service.Case{
		Name:    "cache-fills-in-steps",
		Kind:    service.None,
		Rate:    10,
		Setup:   fillCache("GET /api/models/{id}", 600),
		Request: service.Get("/api/models/%d"),
		Shape: func(at time.Duration) float64 {
			if at%(5*time.Second) < time.Second {
				return 5
			}
			return 0
		},
	})
}
