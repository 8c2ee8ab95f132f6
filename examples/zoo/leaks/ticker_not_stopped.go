package leaks

import (
	"bytes"
	"net/http"
	"time"

	"github.com/otelmem/otelmem-go/examples/zoo/service"
)

// dashboards refresh each view by a ticker, also when it was left.
type dashboards struct{ service *service.Service }

func (d *dashboards) view(w http.ResponseWriter, r *http.Request) {
	done := r.Context().Done()
	if d.service.Grows() {
		done = nil
	}
	go d.refresh(done) // LEAK:
	w.WriteHeader(http.StatusNoContent)
}

func (d *dashboards) refresh(done <-chan struct{}) {
	ticker := time.NewTicker(time.Minute)
	defer ticker.Stop()
	chart := bytes.Repeat([]byte("chart "), 4<<10) // LEAK:
	for {
		select { // LEAK:
		case <-done:
			return
		case now := <-ticker.C:
			chart[0] = byte(now.Second())
		}
	}
}

func init() {
	register(service.Case{
		Name:      "ticker-not-stopped",
		Kind:      service.Goroutine,
		Operation: "GET /api/dashboards/{id}",
		Functions: []string{"(*dashboards).view", "(*dashboards).refresh"},
		Setup:     func(s *service.Service) { s.HandleFunc("GET /api/dashboards/{id}", (&dashboards{s}).view) },
		Request:   service.Get("/api/dashboards/%d"),
	})
}
