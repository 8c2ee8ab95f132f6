package leaks

import (
	"fmt"
	"net/http"
	"sync"

	"github.com/otelmem/otelmem-go/examples/zoo/service"
)

// sharedTrail is what two dozen resources write who read them to: little for each, much
// together.
type sharedTrail struct {
	service *service.Service
	mu      sync.Mutex
	entries [][]byte
}

func (s *sharedTrail) note(r *http.Request) {
	entry := make([]byte, 16<<10) // LEAK:
	copy(entry, r.URL.Path)
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.service.Grows() {
		s.entries = s.entries[:0]
	}
	s.entries = append(s.entries, entry)
}

func (s *sharedTrail) read(w http.ResponseWriter, r *http.Request) {
	s.note(r)
	w.WriteHeader(http.StatusNoContent)
}

// resources is how many there are.
const resources = 24

func resource(i int) string { return fmt.Sprintf("GET /api/%c-records/{id}", 'a'+i) }

func init() {
	var others []string
	for i := range resources {
		others = append(others, resource(i))
	}
	register(service.Case{
		Name:      "one-line-many-routes",
		Operation: others[0],
		Others:    others[1:],
		Functions: []string{"(*sharedTrail).note", "(*sharedTrail).read"},
		Setup: func(s *service.Service) {
			trail := &sharedTrail{service: s}
			for i := range resources {
				s.HandleFunc(resource(i), trail.read)
			}
		},
		Request: func(i int) service.Request {
			return service.Request{Method: http.MethodGet, Path: fmt.Sprintf("/api/%c-records/%d", 'a'+i%resources, i)}
		},
		Rate: 60,
	})
}
