package attrs

import "go.opentelemetry.io/otel/trace"

// Instrumentation scopes: of what measures the user's operations, and of the
// event spans, which are never taken for an operation.
const (
	Scope       = "github.com/otelmem/otelmem-go/otelmem"
	ScopeEvents = "github.com/otelmem/otelmem-go/dump"
)

// SchemaURL is the version of the semantic conventions that attributes beside those
// of the otelmem namespace follow.
const SchemaURL = "https://opentelemetry.io/schemas/1.43.0"

// Tracer is tp's tracer of a scope, with this module's version and schema.
func Tracer(tp trace.TracerProvider, scope string) trace.Tracer {
	return tp.Tracer(scope, trace.WithInstrumentationVersion(Version), trace.WithSchemaURL(SchemaURL))
}
