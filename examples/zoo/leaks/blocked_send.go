package leaks

import (
	"net/http"
	"time"

	"github.com/otelmem/otelmem-go/examples/zoo/service"
)

// quotes asks a slow backend with a timeout; the answer that comes too late is
// sent to a channel that nobody reads any more.
type quotes struct{ service *service.Service }

func (q *quotes) get(w http.ResponseWriter, _ *http.Request) {
	size := 1
	if q.service.Grows() {
		size = 0
	}
	answers := make(chan string, size)
	go q.ask(answers) // LEAK:
	select {
	case answer := <-answers:
		_, _ = w.Write([]byte(answer))
	case <-time.After(5 * time.Millisecond):
		http.Error(w, "too slow", http.StatusGatewayTimeout)
	}
}

func (q *quotes) ask(answers chan<- string) {
	time.Sleep(20 * time.Millisecond)
	answers <- "a quote" // LEAK:
}

func init() {
	register(service.Case{
		Name:      "blocked-send",
		Kind:      service.Goroutine,
		Operation: "GET /api/quotes/{symbol}",
		Functions: []string{"(*quotes).get", "(*quotes).ask"},
		Rate:      40,
		Setup:     func(s *service.Service) { s.HandleFunc("GET /api/quotes/{symbol}", (&quotes{s}).get) },
		Request:   service.Get("/api/quotes/s%d"),
	})
}
