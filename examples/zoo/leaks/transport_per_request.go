package leaks

import (
	"io"
	"net/http"
	"net/http/httptest"

	"github.com/otelmem/otelmem-go/examples/zoo/service"
)

// forwarder makes a client with a transport of its own for each request, whose
// connection then idles for ever.
type forwarder struct {
	service *service.Service
	backend string
}

func (f *forwarder) forward(w http.ResponseWriter, _ *http.Request) {
	transport := &http.Transport{ReadBufferSize: 16 << 10, WriteBufferSize: 16 << 10}
	if !f.service.Grows() {
		defer transport.CloseIdleConnections()
	}
	resp, err := (&http.Client{Transport: transport}).Get(f.backend) // LEAK:
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadGateway)
		return
	}
	defer resp.Body.Close()
	_, _ = io.Copy(w, resp.Body)
}

func init() {
	register(service.Case{
		Name:      "transport-per-request",
		Kind:      service.Goroutine,
		Operation: "GET /api/forward/{id}",
		Functions: []string{"(*forwarder).forward"},
		Rate:      8, // two descriptors each
		Setup: func(s *service.Service) {
			backend := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte("ok")) }))
			s.HandleFunc("GET /api/forward/{id}", (&forwarder{s, backend.URL}).forward)
		},
		Request: service.Get("/api/forward/%d"),
	})
}
