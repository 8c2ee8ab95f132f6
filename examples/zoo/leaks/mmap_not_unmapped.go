//go:build unix

package leaks

import (
	"net/http"
	"sync"
	"syscall"

	"github.com/otelmem/otelmem-go/examples/zoo/service"
)

// segments maps memory for each upload, which the Go runtime does not know of.
type segments struct {
	service *service.Service
	mu      sync.Mutex
	mapped  [][]byte
}

func (s *segments) write(w http.ResponseWriter, _ *http.Request) {
	segment, err := syscall.Mmap(-1, 0, 64<<10, syscall.PROT_READ|syscall.PROT_WRITE, syscall.MAP_ANON|syscall.MAP_PRIVATE) // LEAK:
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	for i := range segment {
		segment[i] = byte(i)
	}
	if !s.service.Grows() {
		_ = syscall.Munmap(segment)
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.mapped = append(s.mapped, segment)
}

func init() {
	register(service.Case{
		Name:      "mmap-not-unmapped",
		Kind:      service.Outside,
		Operation: "PUT /api/segments",
		Functions: []string{"(*segments).write"},
		Setup:     func(s *service.Service) { s.HandleFunc("PUT /api/segments", (&segments{service: s}).write) },
		Request: func(int) service.Request {
			return service.Request{Method: http.MethodPut, Path: "/api/segments"}
		},
	})
}
