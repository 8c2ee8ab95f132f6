package leaks

import (
	"fmt"
	"net/http"
	"regexp"
	"strings"
	"sync"

	"github.com/otelmem/otelmem-go/examples/zoo/service"
)

// filters caches compiled expressions, and users write them: the standard library
// allocates what is kept.
type filters struct {
	service  *service.Service
	mu       sync.Mutex
	compiled map[string]*regexp.Regexp
}

func (f *filters) apply(w http.ResponseWriter, r *http.Request) {
	user := "somebody"
	if f.service.Grows() {
		user = r.PathValue("user")
	}
	text := "^" + user + strings.Repeat("(a+|b+|[c-f]x)", 60) + "$"
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.compiled[text] == nil {
		f.compiled[text] = regexp.MustCompile(text) // LEAK:
	}
	fmt.Fprintln(w, f.compiled[text].MatchString(user))
}

func init() {
	register(service.Case{
		Name:      "regexp-cache",
		Operation: "GET /api/filter/{user}",
		Functions: []string{"(*filters).apply"},
		Rate:      40,
		Setup: func(s *service.Service) {
			s.HandleFunc("GET /api/filter/{user}", (&filters{service: s, compiled: make(map[string]*regexp.Regexp)}).apply)
		},
		Request: service.Get("/api/filter/u%d"),
	})
}
