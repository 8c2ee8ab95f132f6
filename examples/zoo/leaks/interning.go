package leaks

import (
	"fmt"
	"net/http"
	"strings"
	"sync"

	"github.com/otelmem/otelmem-go/examples/zoo/service"
)

// words are interned, so that each is kept once: for ever.
type words struct {
	mu       sync.Mutex
	interned map[string]string
}

func (d *words) intern(word string) string {
	d.mu.Lock()
	defer d.mu.Unlock()
	if known, ok := d.interned[word]; ok {
		return known
	}
	own := strings.Clone(word) // LEAK:
	d.interned[own] = own      // LEAK:
	return own
}

type indexer struct {
	service *service.Service
	words   *words
}

func (x *indexer) add(w http.ResponseWriter, r *http.Request) {
	document := "a"
	if x.service.Grows() {
		document = r.PathValue("id")
	}
	for i := range 400 {
		x.words.intern(fmt.Sprintf("%s-%d-%0100d", document, i, i))
	}
	w.WriteHeader(http.StatusAccepted)
}

func init() {
	register(service.Case{
		Name:      "interning",
		Operation: "PUT /api/index/{id}",
		Functions: []string{"(*indexer).add", "(*words).intern"},
		Setup: func(s *service.Service) {
			s.HandleFunc("PUT /api/index/{id}", (&indexer{s, &words{interned: make(map[string]string)}}).add)
		},
		Request: func(i int) service.Request {
			r := service.Get("/api/index/d%d")(i)
			r.Method = http.MethodPut
			return r
		},
	})
}
