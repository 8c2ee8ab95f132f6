package leaks

import (
	"fmt"
	"image"
	"net/http"
	"sync"

	"github.com/otelmem/otelmem-go/examples/zoo/service"
)

// thumbnails are cached by image and size, and clients choose the size. The
// standard library allocates what is kept.
type thumbnails struct {
	service *service.Service
	mu      sync.Mutex
	bySize  map[string]*image.RGBA
}

func (t *thumbnails) get(w http.ResponseWriter, r *http.Request) {
	size := r.PathValue("size")
	if !t.service.Grows() {
		size = "default"
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.bySize[size] == nil {
		t.bySize[size] = image.NewRGBA(image.Rect(0, 0, 128, 128)) // LEAK:
	}
	fmt.Fprintln(w, t.bySize[size].Bounds())
}

func init() {
	register(service.Case{
		Name:      "thumbnails",
		Operation: "GET /thumbnails/{size}",
		Functions: []string{"(*thumbnails).get"},
		Setup: func(s *service.Service) {
			s.HandleFunc("GET /thumbnails/{size}", (&thumbnails{service: s, bySize: make(map[string]*image.RGBA)}).get)
		},
		Request: service.Get("/thumbnails/%d"),
	})
}
