package innocents

import (
	"bytes"
	"net/http"
	"sync"

	"github.com/otelmem/otelmem-go/examples/zoo/service"
)

// stream keeps messages up to a number of bytes, and then drops the oldest.
type stream struct {
	service  *service.Service
	mu       sync.Mutex
	messages [][]byte
	bytes    int
}

const streamBytes = 30 << 20

func (s *stream) publish(w http.ResponseWriter, _ *http.Request) {
	message := bytes.Repeat([]byte("message "), 6<<10)
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.service.Grows() {
		s.messages = append(s.messages, message)
		s.bytes += len(message)
	}
	for s.bytes > streamBytes {
		s.bytes -= len(s.messages[0])
		s.messages[0] = nil
		s.messages = s.messages[1:]
	}
	w.WriteHeader(http.StatusAccepted)
}

func init() {
	register(service.Case{
		Name:    "stream-fills",
		Kind:    service.None,
		Setup:   func(s *service.Service) { s.HandleFunc("POST /api/stream", (&stream{service: s}).publish) },
		Request: service.Post("/api/stream", nil),
	})
}
