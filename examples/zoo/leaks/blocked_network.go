package leaks

import (
	"bufio"
	"net"
	"net/http"

	"github.com/otelmem/otelmem-go/examples/zoo/service"
)

// sensors are asked over a connection without a deadline, and some never answer.
type sensors struct {
	service *service.Service
	silent  net.Listener
}

func (s *sensors) poll(w http.ResponseWriter, _ *http.Request) {
	conn, err := net.Dial("tcp", s.silent.Addr().String())
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadGateway)
		return
	}
	if !s.service.Grows() {
		defer conn.Close()
	}
	go s.read(conn) // LEAK:
	w.WriteHeader(http.StatusAccepted)
}

func (s *sensors) read(conn net.Conn) {
	lines := bufio.NewReaderSize(conn, 32<<10) // LEAK:
	_, _ = lines.ReadString('\n')              // LEAK:
}

func init() {
	register(service.Case{
		Name:      "blocked-network",
		Kind:      service.Goroutine,
		Operation: "POST /api/sensors/{id}/poll",
		Functions: []string{"(*sensors).poll", "(*sensors).read"},
		Rate:      10, // a connection each: there are some thousand at most
		Setup: func(s *service.Service) {
			silent, err := net.Listen("tcp", "127.0.0.1:0") // the system accepts, nobody answers
			if err != nil {
				panic(err)
			}
			s.HandleFunc("POST /api/sensors/{id}/poll", (&sensors{s, silent}).poll)
		},
		Request: service.Post("/api/sensors/%d/poll", nil),
	})
}
