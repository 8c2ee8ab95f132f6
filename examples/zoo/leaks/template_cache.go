package leaks

import (
	"fmt"
	"net/http"
	"strings"
	"sync"
	"text/template"

	"github.com/otelmem/otelmem-go/examples/zoo/service"
)

// letters adds each customer's template to one set of templates, by name: the
// standard library allocates what is kept.
type letters struct {
	service *service.Service
	mu      sync.Mutex
	set     *template.Template
}

func (l *letters) write(w http.ResponseWriter, r *http.Request) {
	name := "anybody"
	if l.service.Grows() {
		name = r.PathValue("customer")
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	letter, err := l.set.New(name).Parse("Dear " + name + strings.Repeat("{{if .Paid}}thank you{{else}}please pay{{end}}", 60)) // LEAK:
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	_ = letter.Execute(w, struct{ Paid bool }{true})
	fmt.Fprintln(w)
}

func init() {
	register(service.Case{
		Name:      "template-cache",
		Operation: "GET /api/letters/{customer}",
		Functions: []string{"(*letters).write"},
		Setup: func(s *service.Service) {
			s.HandleFunc("GET /api/letters/{customer}", (&letters{service: s, set: template.New("letters")}).write)
		},
		Request: service.Get("/api/letters/c%d"),
	})
}
