package leaks

import (
	"net/http"
	"sync"

	"github.com/otelmem/otelmem-go/examples/zoo/service"
)

// bus has listeners, which can be removed, if somebody does.
type bus struct {
	mu        sync.Mutex
	listeners map[*listener]struct{}
}

type listener struct {
	topic string
	_     [8 << 10]string // what waits to be shown
}

func (b *bus) listen(topic string) *listener {
	l := &listener{topic: topic} // LEAK:
	b.mu.Lock()
	defer b.mu.Unlock()
	b.listeners[l] = struct{}{}
	return l
}

func (b *bus) remove(l *listener) {
	b.mu.Lock()
	defer b.mu.Unlock()
	delete(b.listeners, l)
}

type notifications struct {
	service *service.Service
	bus     *bus
}

func (n *notifications) next(w http.ResponseWriter, r *http.Request) {
	l := n.bus.listen(r.PathValue("topic"))
	if !n.service.Grows() {
		defer n.bus.remove(l)
	}
	w.WriteHeader(http.StatusNoContent)
}

func init() {
	register(service.Case{
		Name:      "listener-not-removed",
		Operation: "GET /api/notifications/{topic}",
		Functions: []string{"(*notifications).next", "(*bus).listen"},
		Rate:      15,
		Setup: func(s *service.Service) {
			s.HandleFunc("GET /api/notifications/{topic}", (&notifications{s, &bus{listeners: make(map[*listener]struct{})}}).next)
		},
		Request: service.Get("/api/notifications/t%d"),
	})
}
