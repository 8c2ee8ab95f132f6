package main

import (
	"bytes"
	"context"
	"fmt"
	"net/http"
	"strconv"
	"sync"
	"time"

	"github.com/otelmem/otelmem-go/otelmem"
)

const (
	recordSize    = 2 << 10
	maxRecords    = 50_000
	thumbnailSize = 64 << 10
	// keepAtMost bounds what the service leaks, so that a long run ends well.
	keepAtMost = 3 << 30
)

// service has one route that leaks, one that holds memory outside Go's heap,
// one that churns and one that does nothing; and a job in the background.
type service struct {
	mu         sync.Mutex
	records    map[int][]byte // grows without end: the leak
	kept       int
	thumbnails [][]byte // mapped outside the heap
}

func newService() *service { return &service{records: make(map[int][]byte)} }

func (s *service) routes() *http.ServeMux {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /api/records", s.listRecords)
	mux.HandleFunc("GET /api/thumbnails/{id}", s.thumbnail)
	mux.HandleFunc("GET /api/search", s.search)
	mux.HandleFunc("GET /api/health", s.health)
	return mux
}

// listRecords "caches" each answer under a new key, and never looks it up.
func (s *service) listRecords(w http.ResponseWriter, r *http.Request) {
	limit, err := strconv.Atoi(r.URL.Query().Get("limit"))
	if err != nil || limit < 1 || limit > maxRecords {
		http.Error(w, fmt.Sprintf("limit: want a number from 1 to %d", maxRecords), http.StatusBadRequest)
		return
	}
	for range limit {
		s.keep(makeRecord())
	}
	fmt.Fprintf(w, "%d records\n", limit)
}

// makeRecord is the line that allocates what is never let go.
//
//go:noinline
func makeRecord() []byte {
	return bytes.Repeat([]byte("record "), recordSize/7)
}

func (s *service) keep(record []byte) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.kept < keepAtMost {
		s.records[len(s.records)] = record
		s.kept += len(record)
	}
}

// thumbnail holds an image in memory that the Go runtime does not know of.
func (s *service) thumbnail(w http.ResponseWriter, r *http.Request) {
	image, err := mapAnonymous(thumbnailSize)
	if err != nil {
		http.Error(w, err.Error(), http.StatusNotImplemented)
		return
	}
	for i := range image {
		image[i] = byte(i)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.thumbnails = append(s.thumbnails, image)
	fmt.Fprintf(w, "thumbnail %q\n", r.PathValue("id"))
}

// search allocates much and keeps nothing.
func (s *service) search(w http.ResponseWriter, _ *http.Request) {
	var hits [][]byte
	for i := range 64 {
		hits = append(hits, bytes.Repeat([]byte{byte(i)}, 16<<10))
	}
	_, _ = w.Write(hits[0][:16])
}

func (s *service) health(w http.ResponseWriter, _ *http.Request) { fmt.Fprintln(w, "ok") }

// syncInventory is background work: it builds a list and lets it go.
func (s *service) syncInventory(ctx context.Context, mem *otelmem.Diagnostics) {
	ticker := time.NewTicker(2 * time.Second)
	defer ticker.Stop()
	for batch := 1; ; batch++ {
		_ = mem.Run(ctx, "sync_inventory", func(context.Context) error {
			items := make([][]byte, 200)
			for i := range items {
				items[i] = make([]byte, 4<<10)
			}
			return nil
		}, otelmem.Detail(fmt.Sprint("batch ", batch)))
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
		}
	}
}

// close gives back what was mapped.
func (s *service) close() {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, image := range s.thumbnails {
		unmap(image)
	}
	s.thumbnails = nil
}
