package leaks

import (
	"net/http"
	"strings"
	"sync"

	"github.com/otelmem/otelmem-go/examples/zoo/service"
)

// visits are appended to, and read by nobody.
type visits struct {
	service *service.Service
	mu      sync.Mutex
	all     []string
}

func (v *visits) note(w http.ResponseWriter, r *http.Request) {
	for range 50 {
		v.add(r.PathValue("page"))
	}
	w.WriteHeader(http.StatusNoContent)
}

func (v *visits) add(page string) {
	visit := strings.Repeat(page+" ", 150) // LEAK:
	v.mu.Lock()
	defer v.mu.Unlock()
	if v.service.Grows() {
		v.all = append(v.all, visit)
	}
}

func init() {
	register(service.Case{
		Name:      "append-on-struct",
		Operation: "POST /api/visits/{page}",
		Functions: []string{"(*visits).note", "(*visits).add"},
		Setup:     func(s *service.Service) { s.HandleFunc("POST /api/visits/{page}", (&visits{service: s}).note) },
		Request:   service.Post("/api/visits/page%d", nil),
	})
}
