package leaks

import (
	"net/http"
	"sync"

	"github.com/otelmem/otelmem-go/examples/zoo/service"
)

// scratch is a pool that remembers what is out, to find misuse; an early return
// forgets to put a buffer back.
type scratch struct {
	service *service.Service
	pool    sync.Pool
	mu      sync.Mutex
	out     map[*[]byte]struct{}
}

func (s *scratch) get() *[]byte {
	b := s.pool.Get().(*[]byte)
	s.mu.Lock()
	defer s.mu.Unlock()
	s.out[b] = struct{}{}
	return b
}

func (s *scratch) put(b *[]byte) {
	s.mu.Lock()
	delete(s.out, b)
	s.mu.Unlock()
	s.pool.Put(b)
}

func newScratch() any {
	b := make([]byte, 64<<10) // LEAK:
	return &b
}

func (s *scratch) convert(w http.ResponseWriter, r *http.Request) {
	b := s.get()
	if r.ContentLength == 0 && s.service.Grows() {
		http.Error(w, "nothing to convert", http.StatusBadRequest)
		return
	}
	s.put(b)
}

func init() {
	register(service.Case{
		Name:      "pool-not-put",
		Operation: "POST /api/convert",
		Functions: []string{"(*scratch).convert", "newScratch"},
		Setup: func(s *service.Service) {
			c := &scratch{service: s, pool: sync.Pool{New: newScratch}, out: make(map[*[]byte]struct{})}
			s.HandleFunc("POST /api/convert", c.convert)
		},
		Request: service.Post("/api/convert", nil),
	})
}
