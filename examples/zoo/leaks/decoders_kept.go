package leaks

import (
	"encoding/json"
	"net/http"
	"sync"

	"github.com/otelmem/otelmem-go/examples/zoo/service"
)

// decoders are kept by client, in case it sends more; each has a buffer as large
// as what it read.
type decoders struct {
	service  *service.Service
	mu       sync.Mutex
	byClient map[string]*json.Decoder
}

func (d *decoders) receive(w http.ResponseWriter, r *http.Request) {
	decoder := json.NewDecoder(r.Body)
	var readings []int
	if err := decoder.Decode(&readings); err != nil { // LEAK:
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.service.Grows() {
		d.byClient[r.PathValue("client")] = decoder
	}
	w.WriteHeader(http.StatusAccepted)
}

// readings are 24,000 numbers as JSON.
func readings() []byte {
	text, err := json.Marshal(make([]int, 24_000))
	if err != nil {
		panic(err)
	}
	return text
}

func init() {
	register(service.Case{
		Name:      "decoders-kept",
		Operation: "POST /api/clients/{client}/readings",
		Functions: []string{"(*decoders).receive"},
		Rate:      15,
		Setup: func(s *service.Service) {
			d := &decoders{service: s, byClient: make(map[string]*json.Decoder)}
			s.HandleFunc("POST /api/clients/{client}/readings", d.receive)
		},
		Request: service.Post("/api/clients/c%d/readings", readings()),
	})
}
