package main

import (
	"bytes"
	"context"
	"fmt"
	"net/http"
	"slices"
	"sync"
	"time"

	"github.com/otelmem/otelmem-go/otelmem"
)

const (
	kib = 1 << 10
	mib = 1 << 20
)

// churn allocates 1 MiB and keeps nothing.
func churn(w http.ResponseWriter, _ *http.Request) {
	var parts [][]byte
	for i := range 64 {
		parts = append(parts, bytes.Repeat([]byte{byte(i)}, 16*kib))
	}
	fmt.Fprintf(w, "churned %d", len(parts))
}

// cache keeps the latest entries, up to a bound. The zero value is empty.
type cache struct {
	mu      sync.Mutex
	entries map[string][]byte
	order   []string // the oldest first
}

const (
	cacheEntries = 64
	cacheEntry   = 64 * kib
)

func (c *cache) serve(w http.ResponseWriter, r *http.Request) {
	c.mu.Lock()
	defer c.mu.Unlock()
	key := r.PathValue("key")
	if c.entries == nil {
		c.entries = make(map[string][]byte)
	}
	if c.entries[key] == nil {
		if len(c.order) == cacheEntries {
			delete(c.entries, c.order[0])
			c.order = append(c.order[:0], c.order[1:]...)
		}
		c.entries[key] = bytes.Repeat([]byte{1}, cacheEntry)
		c.order = append(c.order, key)
	}
	fmt.Fprintf(w, "cached %s", key)
}

// sessionLife is how long a session is kept.
const sessionLife = 3 * time.Second

// sessions forgets those that are older than their life. The zero value is empty.
type sessions struct {
	mu  sync.Mutex
	all []session // the oldest first
}

type session struct {
	ends time.Time
	data []byte
}

func (s *sessions) serve(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	now := time.Now()
	ended := 0
	for ended < len(s.all) && now.After(s.all[ended].ends) {
		ended++
	}
	s.all = append(slices.Delete(s.all, 0, ended), session{now.Add(sessionLife), make([]byte, 32*kib)})
	fmt.Fprintf(w, "session %s", r.PathValue("id"))
}

// fanOut starts goroutines that end.
func fanOut(w http.ResponseWriter, r *http.Request) {
	var parts sync.WaitGroup
	for range 8 {
		parts.Add(1)
		otelmem.Go(r.Context(), func(context.Context) {
			defer parts.Done()
			time.Sleep(time.Millisecond)
		})
	}
	parts.Wait()
	fmt.Fprint(w, "fanned out 8")
}
