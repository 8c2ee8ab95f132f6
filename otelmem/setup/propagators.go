package setup

import (
	"fmt"
	"os"
	"strings"

	"go.opentelemetry.io/contrib/propagators/autoprop"
	"go.opentelemetry.io/otel/propagation"
)

// propagatorFromEnv is the propagator that OTEL_PROPAGATORS asks for: W3C trace
// context and baggage where it is silent.
func propagatorFromEnv() (propagation.TextMapPropagator, error) {
	value := strings.TrimSpace(os.Getenv("OTEL_PROPAGATORS"))
	if value == "" {
		value = "tracecontext,baggage"
	}
	names := strings.Split(value, ",")
	for i := range names {
		names[i] = strings.TrimSpace(names[i])
	}
	propagator, err := autoprop.TextMapPropagator(names...)
	if err != nil {
		return nil, fmt.Errorf("OTEL_PROPAGATORS=%q: %w: want a list of tracecontext, baggage, b3, b3multi, jaeger, xray, ottrace, or none", value, err)
	}
	return propagator, nil
}
