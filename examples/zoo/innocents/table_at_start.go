package innocents

import (
	"context"
	"fmt"
	"net/http"
	"sync"

	"github.com/otelmem/otelmem-go/examples/zoo/service"
)

// postings is an index that is built once, at the start, and then only read.
type postings struct {
	mu     sync.RWMutex
	byWord map[string][]int32
}

func (p *postings) build(context.Context) {
	for i := range 8000 {
		documents := make([]int32, 400)
		for j := range documents {
			documents[j] = int32(i * j)
		}
		p.mu.Lock()
		p.byWord[fmt.Sprint("word", i)] = documents
		p.mu.Unlock()
	}
}

func (p *postings) lookUp(w http.ResponseWriter, r *http.Request) {
	p.mu.RLock()
	defer p.mu.RUnlock()
	fmt.Fprintln(w, len(p.byWord[r.PathValue("word")]))
}

func init() {
	register(service.Case{
		Name:      "table-at-start",
		Kind:      service.None,
		Neighbour: true,
		Setup: func(s *service.Service) {
			p := &postings{byWord: make(map[string][]int32)}
			go s.Job(s.Context, "build_index", p.build)
			s.HandleFunc("GET /api/words/{word}", p.lookUp)
		},
		Request: service.Get("/api/words/word%d"),
	})
}
