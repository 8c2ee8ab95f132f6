package leaks

import (
	"net/http"
	"runtime"

	"github.com/otelmem/otelmem-go/examples/zoo/service"
)

// cursor and its rows point to each other, and the cursor has a finalizer: a cycle
// with a finalizer is never collected.
type cursor struct {
	rows   *cursorRows
	closed bool
}

type cursorRows struct {
	of *cursor
	_  [64 << 10]byte // what it is for
}

type cursors struct{ service *service.Service }

func (c *cursors) open(w http.ResponseWriter, _ *http.Request) {
	opened := &cursor{}
	opened.rows = &cursorRows{of: opened} // LEAK:
	if c.service.Grows() {
		runtime.SetFinalizer(opened, func(c *cursor) { c.closed = true })
	}
	w.WriteHeader(http.StatusCreated)
}

func init() {
	register(service.Case{
		Name:      "finalizer-cycle",
		Operation: "POST /api/cursors",
		Functions: []string{"(*cursors).open"},
		Setup:     func(s *service.Service) { s.HandleFunc("POST /api/cursors", (&cursors{s}).open) },
		Request:   service.Post("/api/cursors", nil),
	})
}
