package innocents

import (
	"bytes"
	"container/list"
	"fmt"
	"net/http"
	"sync"

	"github.com/otelmem/otelmem-go/examples/zoo/service"
)

// products is an LRU cache: what comes in is new nearly always, what is oldest
// goes out.
type products struct {
	mu    sync.Mutex
	order *list.List
	byID  map[string]*list.Element
}

type product struct {
	id   string
	page []byte
}

const productsKept = 200

func (p *products) get(w http.ResponseWriter, r *http.Request) {
	id := r.PathValue("id")
	p.mu.Lock()
	defer p.mu.Unlock()
	if e := p.byID[id]; e != nil {
		p.order.MoveToFront(e)
		_, _ = w.Write(e.Value.(*product).page[:32])
		return
	}
	made := &product{id, bytes.Repeat([]byte(fmt.Sprintf("product %6s ", id)), 4000)}
	p.byID[id] = p.order.PushFront(made)
	if p.order.Len() > productsKept {
		oldest := p.order.Remove(p.order.Back()).(*product)
		delete(p.byID, oldest.id)
	}
	_, _ = w.Write(made.page[:32])
}

func init() {
	register(service.Case{
		Name:      "lru-churn",
		Kind:      service.None,
		Neighbour: true,
		Rate:      80,
		Setup: func(s *service.Service) {
			p := &products{order: list.New(), byID: make(map[string]*list.Element)}
			s.HandleFunc("GET /api/products/{id}", p.get)
		},
		Request: service.Get("/api/products/%d"),
	})
}
