package leaks

import (
	"context"
	"log/slog"
	"net/http"
	"slices"
	"strings"
	"sync"

	"github.com/otelmem/otelmem-go/examples/zoo/service"
)

// recent is a log handler that keeps records for a page of recent ones, and has no
// end of recent.
type recent struct {
	service *service.Service
	mu      sync.Mutex
	records []slog.Record
}

func (*recent) Enabled(context.Context, slog.Level) bool { return true }
func (r *recent) WithAttrs([]slog.Attr) slog.Handler     { return r }
func (r *recent) WithGroup(string) slog.Handler          { return r }

func (r *recent) Handle(_ context.Context, record slog.Record) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.records = append(r.records, record)
	if !r.service.Grows() && len(r.records) > 10 {
		r.records = slices.Clone(r.records[5:])
	}
	return nil
}

type shipments struct{ log *slog.Logger }

func (s *shipments) ship(w http.ResponseWriter, r *http.Request) {
	s.log.InfoContext(r.Context(), "shipped", "id", r.PathValue("id"), "label", strings.Repeat("label ", 10<<10)) // LEAK:
	w.WriteHeader(http.StatusAccepted)
}

func init() {
	register(service.Case{
		Name:      "log-buffer",
		Operation: "POST /api/shipments/{id}",
		Functions: []string{"(*shipments).ship"},
		Setup: func(s *service.Service) {
			s.HandleFunc("POST /api/shipments/{id}", (&shipments{slog.New(&recent{service: s})}).ship)
		},
		Request: service.Post("/api/shipments/%d", nil),
	})
}
