package leaks

import (
	"errors"
	"net/http"
	"sync"

	"github.com/otelmem/otelmem-go/examples/zoo/service"
)

// transport has a map of streams, as an RPC library does; a stream that ends with
// an error returns before it is deleted.
type transport struct {
	service *service.Service
	mu      sync.Mutex
	streams map[uint32]*stream
	nextID  uint32
}

type stream struct {
	id uint32
	_  [64 << 10]byte // the flow-control window
}

var errReset = errors.New("stream reset")

func (t *transport) open() *stream {
	s := new(stream) // LEAK:
	t.mu.Lock()
	defer t.mu.Unlock()
	t.nextID++
	s.id = t.nextID
	t.streams[s.id] = s
	return s
}

func (t *transport) call() error {
	s := t.open()
	if t.service.Grows() {
		return errReset
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	delete(t.streams, s.id)
	return nil
}

func (t *transport) check(w http.ResponseWriter, _ *http.Request) {
	if err := t.call(); err != nil {
		http.Error(w, err.Error(), http.StatusBadGateway)
	}
}

func init() {
	register(service.Case{
		Name:      "streams-by-id",
		Operation: "POST /shop.Stock/Check",
		Functions: []string{"(*transport).check", "(*transport).call", "(*transport).open"},
		Setup: func(s *service.Service) {
			s.HandleFunc("POST /shop.Stock/Check", (&transport{service: s, streams: make(map[uint32]*stream)}).check)
		},
		Request: service.Post("/shop.Stock/Check", nil),
	})
}
