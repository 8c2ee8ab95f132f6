package dump

import "go.opentelemetry.io/otel/trace"

// MaxSuspects is how many operations an event span links to at most.
const MaxSuspects = 32

// Suspect is an operation that ran when a threshold was crossed, or ended just
// before.
type Suspect struct {
	SpanContext trace.SpanContext
	Operation   string
	Category    string
	// Growth is the largest growth of the process while it ran, in bytes.
	Growth int64
	// InFlight says that it has not ended.
	InFlight bool
}
