package leaks

import (
	"bytes"
	"net/http"
	"net/http/httptest"

	"github.com/otelmem/otelmem-go/examples/zoo/service"
)

// exchange asks a backend for rates and looks at the status alone.
type exchange struct {
	service *service.Service
	client  *http.Client
	backend string
}

func (e *exchange) rates(w http.ResponseWriter, _ *http.Request) {
	resp, err := e.client.Get(e.backend) // LEAK:
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadGateway)
		return
	}
	if !e.service.Grows() {
		defer resp.Body.Close()
	}
	w.WriteHeader(resp.StatusCode)
}

func init() {
	register(service.Case{
		Name:      "body-not-closed",
		Kind:      service.Goroutine,
		Operation: "GET /api/rates",
		Functions: []string{"(*exchange).rates"},
		Rate:      8, // two descriptors each
		Setup: func(s *service.Service) {
			backend := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
				_, _ = w.Write(bytes.Repeat([]byte("rate "), 40<<10))
			}))
			s.HandleFunc("GET /api/rates", (&exchange{s, &http.Client{Transport: &http.Transport{}}, backend.URL}).rates)
		},
		Request: service.Get("/api/rates"),
	})
}
