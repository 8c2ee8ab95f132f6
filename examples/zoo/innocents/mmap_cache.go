//go:build unix

package innocents

import (
	"net/http"
	"sync"
	"syscall"

	"github.com/otelmem/otelmem-go/examples/zoo/service"
)

// blocks are mapped outside Go's heap up to a bound, and then used again.
type blocks struct {
	service *service.Service
	mu      sync.Mutex
	mapped  [][]byte
	next    int
}

const blocksAtMost = 400

func (b *blocks) read(w http.ResponseWriter, _ *http.Request) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.service.Grows() && len(b.mapped) < blocksAtMost {
		block, err := syscall.Mmap(-1, 0, 64<<10, syscall.PROT_READ|syscall.PROT_WRITE, syscall.MAP_ANON|syscall.MAP_PRIVATE)
		if err != nil {
			http.Error(w, err.Error(), http.StatusInternalServerError)
			return
		}
		b.mapped = append(b.mapped, block)
	}
	b.next++
	if len(b.mapped) > 0 {
		block := b.mapped[b.next%len(b.mapped)]
		for i := range block {
			block[i] = byte(b.next)
		}
	}
	w.WriteHeader(http.StatusNoContent)
}

func init() {
	register(service.Case{
		Name:    "mmap-cache",
		Kind:    service.None,
		Setup:   func(s *service.Service) { s.HandleFunc("GET /api/blocks/{id}", (&blocks{service: s}).read) },
		Request: service.Get("/api/blocks/%d"),
	})
}
