package leaks

import (
	"encoding/json"
	"io"
	"net/http"
	"sync"

	"github.com/otelmem/otelmem-go/examples/zoo/service"
)

// audit keeps what was changed, as values and not as text: for an export that was
// switched off.
type audit struct {
	service *service.Service
	mu      sync.Mutex
	changes []map[string]any
}

func (a *audit) change(w http.ResponseWriter, r *http.Request) {
	text, err := io.ReadAll(r.Body)
	if err != nil {
		return
	}
	var change map[string]any
	if err := json.Unmarshal(text, &change); err != nil { // LEAK:
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.service.Grows() {
		a.changes = append(a.changes, change)
	}
	w.WriteHeader(http.StatusAccepted)
}

func init() {
	text, err := json.Marshal(map[string]any{"table": "orders", "rows": make([]float64, 3000)})
	if err != nil {
		panic(err)
	}
	register(service.Case{
		Name:      "audit-log",
		Operation: "POST /api/changes",
		Functions: []string{"(*audit).change"},
		Setup:     func(s *service.Service) { s.HandleFunc("POST /api/changes", (&audit{service: s}).change) },
		Request:   service.Post("/api/changes", text),
	})
}
