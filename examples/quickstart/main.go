// Command quickstart is the shortest honest main: one call sets the SDK up, with
// memory diagnostics in it; Handler gives each route its memory, and the page shows
// it.
//
//	OTELMEM_ENABLED=true OTEL_EXPORTER_OTLP_ENDPOINT=http://localhost:4317 go run ./examples/quickstart
package main

import (
	"context"
	"errors"
	"log"
	"net/http"
	"os"
	"os/signal"
	"syscall"
	"time"

	"go.opentelemetry.io/contrib/instrumentation/net/http/otelhttp"

	"github.com/otelmem/otelmem-go/otelmem"
	"github.com/otelmem/otelmem-go/otelmem/debugpage"
	"github.com/otelmem/otelmem-go/otelmem/setup"
)

const (
	address   = "127.0.0.1:8080"
	debugPath = "/debug/otelmem/"
)

func main() {
	if err := run(); err != nil {
		log.Fatal(err)
	}
}

func run() (err error) {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	// An invalid OTEL_* variable is an error; one of memory diagnostics is logged.
	sdk, err := setup.Start(ctx, setup.WithServiceName("quickstart"))
	if err != nil {
		return err
	}
	defer func() {
		ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
		defer cancel()
		err = errors.Join(err, sdk.Shutdown(ctx))
	}()

	mux := http.NewServeMux()
	mux.HandleFunc("GET /hello/{name}", func(w http.ResponseWriter, r *http.Request) {
		_, _ = w.Write([]byte("hello " + r.PathValue("name") + "\n"))
	})
	// A real service serves the page on a listener that only insiders reach.
	mux.Handle(debugPath, debugpage.Handler(sdk.Diagnostics))
	server := &http.Server{Addr: address, Handler: otelhttp.NewHandler(otelmem.Handler(mux), "quickstart"), ReadHeaderTimeout: 5 * time.Second}

	failed := make(chan error, 1)
	go func() { failed <- server.ListenAndServe() }()
	log.Printf("listening on http://%s/hello/world; memory is at http://%s%s", address, address, debugPath)
	select {
	case err := <-failed:
		return err
	case <-ctx.Done():
	}
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	return server.Shutdown(ctx)
}
