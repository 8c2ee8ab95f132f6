package otelmem_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"

	"github.com/otelmem/otelmem-go/otelmem"
)

// Middleware of a router that has routed before it calls.
func ExampleDoRoute() {
	patternOf := func(*http.Request) string { return "/users/{id}" } // the router's
	tag := func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			otelmem.DoRoute(r, patternOf(r), func(r *http.Request) { next.ServeHTTP(w, r) })
		})
	}
	user := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, _ = fmt.Fprint(w, "what ", r.URL.Path, " allocates is GET /users/{id}'s")
	})

	w := httptest.NewRecorder()
	tag(user).ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/users/7", http.NoBody))
	fmt.Println(w.Body)
	// Output: what /users/7 allocates is GET /users/{id}'s
}
