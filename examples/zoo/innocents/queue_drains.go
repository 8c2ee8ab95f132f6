package innocents

import (
	"bytes"
	"net/http"
	"time"

	"github.com/otelmem/otelmem-go/examples/zoo/service"
)

// outbox is a bounded queue: it fills while the other side is away, for twenty
// seconds of each forty, and drains afterwards.
type outbox struct {
	service  *service.Service
	messages chan []byte
}

func (o *outbox) put(w http.ResponseWriter, _ *http.Request) {
	select {
	case o.messages <- bytes.Repeat([]byte("message "), 8<<10):
		w.WriteHeader(http.StatusAccepted)
	default:
		http.Error(w, "full", http.StatusServiceUnavailable)
	}
}

func (o *outbox) drain() {
	began := time.Now()
	for message := range o.messages {
		for time.Since(began)%(40*time.Second) < 20*time.Second && o.service.Grows() {
			time.Sleep(100 * time.Millisecond)
		}
		_ = message
	}
}

func init() {
	register(service.Case{
		Name: "queue-drains",
		Kind: service.None,
		Setup: func(s *service.Service) {
			o := &outbox{service: s, messages: make(chan []byte, 1000)}
			go o.drain()
			s.HandleFunc("POST /api/outbox", o.put)
		},
		Request: service.Post("/api/outbox", nil),
	})
}
