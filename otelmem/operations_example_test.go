package otelmem_test

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"runtime/pprof"
	"sync"

	"github.com/otelmem/otelmem-go/otelmem"
)

// enabled turns diagnostics on, as a service does with New and Start.
func enabled() (off func()) {
	mem, err := otelmem.New(otelmem.WithEnabled(true), otelmem.WithLogFile("none"))
	if err != nil {
		fmt.Println(err)
	}
	return func() { _ = mem.Shutdown(context.Background()) }
}

// operationOf is the operation that a context carries, as a pprof label.
func operationOf(ctx context.Context) string {
	operation, _ := pprof.Label(ctx, "operation")
	return operation
}

// What is allocated inside is the operation's, for as long as it lives.
func ExampleDo() {
	defer enabled()()

	otelmem.Do(context.Background(), "gun_sync", func(ctx context.Context) {
		// the work
		fmt.Println(operationOf(ctx))
	})
	// Output: gun_sync
}

// A goroutine that an operation starts keeps the operation.
func ExampleGo() {
	defer enabled()()

	var work sync.WaitGroup
	otelmem.Do(context.Background(), "gun_sync", func(ctx context.Context) {
		work.Add(1)
		otelmem.Go(ctx, func(ctx context.Context) {
			defer work.Done()
			fmt.Println(operationOf(ctx))
		})
	})
	work.Wait()
	// Output: gun_sync
}

// A goroutine with an operation of its own, such as one that runs as long as the
// process.
func ExampleGoAs() {
	defer enabled()()

	done := make(chan struct{})
	otelmem.GoAs(context.Background(), "refresh_prices", func(ctx context.Context) {
		defer close(done)
		fmt.Println(operationOf(ctx))
	})
	<-done
	// Output: refresh_prices
}

// Each request is the operation of its route. Put otelhttp around it:
// otelhttp.NewHandler(otelmem.Handler(mux), "server").
func ExampleHandler() {
	defer enabled()()

	mux := http.NewServeMux()
	mux.HandleFunc("GET /users/{id}", func(_ http.ResponseWriter, r *http.Request) {
		fmt.Println(operationOf(r.Context()))
	})
	handler := otelmem.Handler(mux)

	handler.ServeHTTP(httptest.NewRecorder(), httptest.NewRequest(http.MethodGet, "/users/7", http.NoBody))
	// Output: GET /users/{id}
}

// One handler, with a name that is given to it. Any router will do.
func ExampleHandlerFor() {
	defer enabled()()

	user := http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		fmt.Println(operationOf(r.Context()))
	})
	handler := otelmem.HandlerFor("GET /users/:id", user)

	handler.ServeHTTP(httptest.NewRecorder(), httptest.NewRequest(http.MethodGet, "/users/7", http.NoBody))
	// Output: GET /users/:id
}
