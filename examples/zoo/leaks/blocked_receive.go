package leaks

import (
	"net/http"

	"github.com/otelmem/otelmem-go/examples/zoo/service"
)

// imports ranges over a channel that is not closed where the input ends early.
type imports struct{ service *service.Service }

func (m *imports) run(w http.ResponseWriter, _ *http.Request) {
	rows := make(chan [64]string, 16) // LEAK:
	go store(rows)                    // LEAK:
	rows <- [64]string{"a row"}
	if !m.service.Grows() {
		close(rows)
	}
	w.WriteHeader(http.StatusAccepted)
}

func store(rows <-chan [64]string) {
	var stored int
	for row := range rows { // LEAK:
		stored += len(row)
	}
}

func init() {
	register(service.Case{
		Name:      "blocked-receive",
		Kind:      service.Goroutine,
		Operation: "POST /api/imports",
		Functions: []string{"(*imports).run", "store"},
		Rate:      40,
		Setup:     func(s *service.Service) { s.HandleFunc("POST /api/imports", (&imports{s}).run) },
		Request:   service.Post("/api/imports", nil),
	})
}
