package leaks

import (
	"bytes"
	"container/list"
	"net/http"
	"sync"

	"github.com/otelmem/otelmem-go/examples/zoo/service"
)

// avatars is an LRU cache that takes the oldest off its list, and forgets to delete
// it from its map.
type avatars struct {
	service *service.Service
	mu      sync.Mutex
	order   *list.List // of user names
	byUser  map[string][]byte
}

const avatarsKept = 10

func (a *avatars) get(w http.ResponseWriter, r *http.Request) {
	user := r.PathValue("user")
	a.mu.Lock()
	defer a.mu.Unlock()
	image := a.byUser[user]
	if image == nil {
		image = paint()
		a.byUser[user] = image
		a.order.PushFront(user)
	}
	if a.order.Len() > avatarsKept {
		oldest := a.order.Remove(a.order.Back())
		if !a.service.Grows() {
			delete(a.byUser, oldest.(string))
		}
	}
	_, _ = w.Write(image[:8])
}

func paint() []byte { return bytes.Repeat([]byte("pixel "), 10<<10) } // LEAK:

func init() {
	register(service.Case{
		Name:      "lru-broken",
		Operation: "GET /api/avatars/{user}",
		Functions: []string{"(*avatars).get", "paint"},
		Setup: func(s *service.Service) {
			s.HandleFunc("GET /api/avatars/{user}", (&avatars{service: s, order: list.New(), byUser: make(map[string][]byte)}).get)
		},
		Request: service.Get("/api/avatars/u%d"),
	})
}
