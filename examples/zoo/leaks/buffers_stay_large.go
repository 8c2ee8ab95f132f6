package leaks

import (
	"bytes"
	"net/http"
	"strings"
	"sync"

	"github.com/otelmem/otelmem-go/examples/zoo/service"
)

// outputs has a buffer for each room of a chat, which is reset after use and stays
// as large as it ever was.
type outputs struct {
	service *service.Service
	mu      sync.Mutex
	byRoom  map[string]*bytes.Buffer
}

func (o *outputs) say(w http.ResponseWriter, r *http.Request) {
	o.mu.Lock()
	defer o.mu.Unlock()
	room := r.PathValue("room")
	if o.byRoom[room] == nil {
		o.byRoom[room] = new(bytes.Buffer)
	}
	buffer := o.byRoom[room]
	buffer.WriteString(strings.Repeat("once a large picture ", 3<<10)) // LEAK:
	_, _ = w.Write(buffer.Next(20))
	buffer.Reset()
	if !o.service.Grows() {
		delete(o.byRoom, room)
	}
}

func init() {
	register(service.Case{
		Name:      "buffers-stay-large",
		Operation: "POST /api/rooms/{room}/messages",
		Functions: []string{"(*outputs).say"},
		Setup: func(s *service.Service) {
			s.HandleFunc("POST /api/rooms/{room}/messages", (&outputs{service: s, byRoom: make(map[string]*bytes.Buffer)}).say)
		},
		Request: service.Post("/api/rooms/r%d/messages", nil),
	})
}
