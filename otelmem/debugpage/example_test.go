package debugpage_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"

	"github.com/otelmem/otelmem-go/otelmem"
	"github.com/otelmem/otelmem-go/otelmem/debugpage"
)

// Mounted beside what an internal listener serves anyway.
func ExampleHandler() {
	mem, err := otelmem.New()
	if err != nil {
		fmt.Println(err) // mem is then off, and the page says so
	}
	mux := http.NewServeMux()
	mux.Handle("/debug/otelmem/", debugpage.Handler(mem,
		debugpage.WithTraceURL("http://localhost:16686/trace/{trace_id}")))

	w := httptest.NewRecorder()
	mux.ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/debug/otelmem/", nil))
	fmt.Println(w.Code)
	// Output: 200
}
