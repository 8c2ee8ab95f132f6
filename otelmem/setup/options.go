package setup

import (
	"go.opentelemetry.io/otel/attribute"
	sdkmetric "go.opentelemetry.io/otel/sdk/metric"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	semconv "go.opentelemetry.io/otel/semconv/v1.39.0"

	"github.com/otelmem/otelmem-go/otelmem"
)

type config struct {
	attributes  []attribute.KeyValue
	diagnostics []otelmem.Option
	processors  []sdktrace.SpanProcessor
	readers     []sdkmetric.Reader
	export      bool
}

func newConfig(opts []Option) config {
	c := config{export: true}
	for _, opt := range opts {
		if opt != nil {
			opt.apply(&c)
		}
	}
	return c
}

// Option changes one setting of [Start]. As in package otelmem, a nil option and
// an option whose value is nil or empty change nothing.
type Option interface{ apply(*config) }

type optionFunc func(*config)

func (f optionFunc) apply(c *config) { f(c) }

// WithServiceName sets service.name; OTEL_SERVICE_NAME beats it. The default is
// the SDK's: unknown_service and the program's name.
func WithServiceName(name string) Option {
	return optionFunc(func(c *config) {
		if name != "" {
			c.attributes = append(c.attributes, semconv.ServiceName(name))
		}
	})
}

// WithDiagnostics sets options of memory diagnostics. By default all come from
// the environment.
func WithDiagnostics(opts ...otelmem.Option) Option {
	return optionFunc(func(c *config) { c.diagnostics = append(c.diagnostics, opts...) })
}

// WithSpanProcessor adds a processor, which gets spans with their growth, beside
// the exporter's. By default there is none.
func WithSpanProcessor(p sdktrace.SpanProcessor) Option {
	return optionFunc(func(c *config) {
		if p != nil {
			c.processors = append(c.processors, p)
		}
	})
}

// WithReader adds a reader of metrics beside the exporter's. By default there is
// none.
func WithReader(r sdkmetric.Reader) Option {
	return optionFunc(func(c *config) {
		if r != nil {
			c.readers = append(c.readers, r)
		}
	})
}

// WithExport says whether to export what the environment says (see the package's
// comment). The default is true.
func WithExport(on bool) Option {
	return optionFunc(func(c *config) { c.export = on })
}
