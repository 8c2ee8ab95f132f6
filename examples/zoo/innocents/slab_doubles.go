package innocents

import (
	"net/http"
	"sync"

	"github.com/otelmem/otelmem-go/examples/zoo/service"
)

// slab is a cache's memory in one piece, which doubles up to its bound and is then
// written over from its beginning.
type slab struct {
	service *service.Service
	mu      sync.Mutex
	memory  []byte
	used    int
}

const slabBytes = 48 << 20

func (s *slab) set(w http.ResponseWriter, _ *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	const size = 40 << 10
	if s.used+size > len(s.memory) {
		if s.service.Grows() && 2*len(s.memory) <= slabBytes {
			grown := make([]byte, 2*len(s.memory))
			copy(grown, s.memory)
			s.memory = grown
		} else {
			s.used = 0
		}
	}
	clear(s.memory[s.used : s.used+size])
	s.used += size
	w.WriteHeader(http.StatusNoContent)
}

func init() {
	register(service.Case{
		Name: "slab-doubles",
		Kind: service.None,
		Rate: 40,
		Setup: func(s *service.Service) {
			s.HandleFunc("PUT /api/slab/{key}", (&slab{service: s, memory: make([]byte, 3<<20)}).set)
		},
		Request: func(i int) service.Request {
			r := service.Get("/api/slab/%d")(i)
			r.Method = http.MethodPut
			return r
		},
	})
}
