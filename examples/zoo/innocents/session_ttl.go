package innocents

import (
	"bytes"
	"context"
	"net/http"
	"sync"
	"time"

	"github.com/otelmem/otelmem-go/examples/zoo/service"
)

// sessions live for some seconds, and go when they are over.
type sessions struct {
	mu   sync.Mutex
	live map[*session]struct{}
	ttl  time.Duration
}

type session struct {
	until  time.Time
	claims []byte
}

func (s *sessions) open(w http.ResponseWriter, _ *http.Request) {
	opened := &session{time.Now().Add(s.ttl), bytes.Repeat([]byte("claims "), 8<<10)}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.live[opened] = struct{}{}
	_, _ = w.Write(opened.claims[:7])
}

func (s *sessions) expire(context.Context) {
	now := time.Now()
	s.mu.Lock()
	defer s.mu.Unlock()
	for opened := range s.live {
		if now.After(opened.until) {
			delete(s.live, opened)
		}
	}
}

func openSessions(s *service.Service, pattern, job string, ttl time.Duration) {
	store := &sessions{live: make(map[*session]struct{}), ttl: ttl}
	s.HandleFunc(pattern, store.open)
	s.Every(500*time.Millisecond, job, store.expire)
}

func init() {
	register(service.Case{
		Name:      "session-ttl",
		Kind:      service.None,
		Neighbour: true,
		Rate:      40,
		Setup:     func(s *service.Service) { openSessions(s, "POST /api/sessions", "expire_sessions", 5*time.Second) },
		Request:   service.Post("/api/sessions", nil),
	})
}
