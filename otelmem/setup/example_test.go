package setup_test

import (
	"context"
	"fmt"
	"log"
	"time"

	"github.com/otelmem/otelmem-go/otelmem"
	"github.com/otelmem/otelmem-go/otelmem/setup"
)

// A whole set-up. Exporters and endpoint come from the standard OTEL_* variables,
// memory diagnostics from OTELMEM_ENABLED and the other OTELMEM_*.
func ExampleStart() {
	ctx := context.Background()
	sdk, err := setup.Start(ctx,
		setup.WithServiceName("shop"),
		setup.WithExport(setup.EndpointConfigured()), // nothing is sent where no endpoint is set
		setup.WithDiagnostics(otelmem.WithEnabled(true), otelmem.WithLogFile("none")))
	if err != nil {
		log.Fatal(err) // an OTEL_* variable is invalid
	}
	defer func() {
		ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
		defer cancel()
		_ = sdk.Shutdown(ctx)
	}()

	err = sdk.Diagnostics.Run(ctx, "gun_sync", func(context.Context) error { return nil })
	fmt.Println(sdk.Diagnostics.Enabled(), err)
	// Output: true <nil>
}
