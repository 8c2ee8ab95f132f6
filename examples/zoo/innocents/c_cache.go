//go:build cgo && unix

package innocents

/*
#include <stdlib.h>
#include <string.h>
*/
import "C"

import (
	"net/http"
	"sync"
	"unsafe"

	"github.com/otelmem/otelmem-go/examples/zoo/service"
)

// fonts is a cache in C's memory: full after half a minute, and then written over.
type fonts struct {
	service *service.Service
	mu      sync.Mutex
	slots   [600]unsafe.Pointer
	next    int
}

const fontBytes = 64 << 10

func (f *fonts) load(w http.ResponseWriter, _ *http.Request) {
	f.mu.Lock()
	defer f.mu.Unlock()
	w.WriteHeader(http.StatusNoContent)
	if !f.service.Grows() {
		return
	}
	slot := &f.slots[f.next%len(f.slots)]
	f.next++
	C.free(*slot)
	*slot = C.malloc(fontBytes)
	C.memset(*slot, 1, fontBytes)
}

func init() {
	register(service.Case{
		Name:    "c-cache",
		Kind:    service.None,
		Setup:   func(s *service.Service) { s.HandleFunc("GET /api/fonts/{id}", (&fonts{service: s}).load) },
		Request: service.Get("/api/fonts/%d"),
	})
}
