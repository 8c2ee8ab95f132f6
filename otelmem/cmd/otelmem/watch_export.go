package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"time"

	sdkmetric "go.opentelemetry.io/otel/sdk/metric"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"

	"github.com/otelmem/otelmem-go/internal/textfmt"
	"github.com/otelmem/otelmem-go/otelmem/internal/watch"
	"github.com/otelmem/otelmem-go/otelmem/setup"
)

// envServiceName is the variable of the OpenTelemetry specification.
const envServiceName = "OTEL_SERVICE_NAME"

// exportEnd is how long what is left may take to be sent.
const exportEnd = 5 * time.Second

// serviceName is the service's name as it was given; "" where it was not.
func (s *watchSettings) serviceName() string {
	if s.service != "" {
		return s.service
	}
	return os.Getenv(envServiceName)
}

// exported is what is exported of a program. Its name is known once it was read.
type exported struct {
	ctx     context.Context
	failed  func(error)
	running *watch.Exporter
	traces  *sdktrace.TracerProvider
	metrics *sdkmetric.MeterProvider
}

func (w *watching) startExport(ctx context.Context) error {
	if !w.otlp {
		return nil
	}
	if !setup.EndpointConfigured() {
		return &usageError{errors.New("--otlp: export to where? want OTEL_EXPORTER_OTLP_ENDPOINT in the environment, as http://localhost:4317")}
	}
	for _, p := range w.programs {
		p.export = &exported{ctx: context.WithoutCancel(ctx), failed: func(err error) {
			fmt.Fprintln(w.err, "otelmem: --otlp:", textfmt.Printable(err.Error()))
		}}
	}
	return nil
}

// take takes in a reading. A nil export does nothing.
func (x *exported) take(e *watch.Event) {
	if x == nil || e.Taken.Err != nil {
		return
	}
	if x.running == nil {
		var err error
		if x.traces, x.metrics, err = setup.Providers(x.ctx, e.Program.Resource()...); err != nil {
			x.failed(err)
			return
		}
		x.running = watch.NewExporter(e.Program, x.traces, x.metrics)
	}
	x.running.Take(&e.Taken)
}

func (w *watching) stopExport() {
	ctx, cancel := context.WithTimeout(context.Background(), exportEnd)
	defer cancel()
	for _, p := range w.programs {
		if x := p.export; x != nil && x.running != nil {
			if err := errors.Join(x.metrics.Shutdown(ctx), x.running.Close(ctx), x.traces.Shutdown(ctx)); err != nil {
				x.failed(err)
			}
		}
	}
}
