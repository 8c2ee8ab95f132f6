// Command quickstart is the shortest honest main: one call sets the SDK up, with
// memory diagnostics in it.
//
//	MEMORY_DIAGNOSTICS_ENABLED=true OTEL_EXPORTER_OTLP_ENDPOINT=http://localhost:4317 go run ./examples/quickstart
package main

import (
	"context"
	"log"
	"net/http"

	"go.opentelemetry.io/contrib/instrumentation/net/http/otelhttp"

	"github.com/otelmem/otelmem-go/otelmem/setup"
)

func main() {
	ctx := context.Background()
	sdk, err := setup.Start(ctx, setup.WithServiceName("quickstart"))
	if err != nil {
		log.Fatal(err)
	}
	defer func() {
		if err := sdk.Shutdown(ctx); err != nil {
			log.Print(err)
		}
	}()

	mux := http.NewServeMux()
	mux.HandleFunc("GET /hello/{name}", func(w http.ResponseWriter, r *http.Request) {
		_, _ = w.Write([]byte("hello " + r.PathValue("name") + "\n"))
	})
	log.Print("listening on http://127.0.0.1:8080/hello/world")
	log.Print(http.ListenAndServe("127.0.0.1:8080", otelhttp.NewHandler(mux, "quickstart")))
}
