package debugpage_test

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"

	"github.com/otelmem/otelmem-go/otelmem"
	"github.com/otelmem/otelmem-go/otelmem/debugpage"
	"github.com/otelmem/otelmem-go/otelmem/report"
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
	mux.ServeHTTP(w, httptest.NewRequest(http.MethodGet, "http://localhost/debug/otelmem/", nil))
	fmt.Println(w.Code)
	// Output: 200
}

// Pages of another program, by reports that something else makes.
func ExampleHandlerFrom() {
	shop := debugpage.Source{
		Program: "shop",
		Report: func(context.Context) (*report.Report, error) {
			return &report.Report{Headline: report.Headline{Mood: report.MoodSteady, Fact: "Nothing grows."}}, nil
		},
	}
	w := httptest.NewRecorder()
	debugpage.HandlerFrom(shop).ServeHTTP(w, httptest.NewRequest(http.MethodGet, "http://localhost/", nil))
	fmt.Println(w.Code)
	// Output: 200
}
