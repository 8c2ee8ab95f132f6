package dump

import "go.opentelemetry.io/otel/trace"

// MaxSuspects is the largest number of operations that an event span links to.
const MaxSuspects = 32

// Suspect is an operation that was running when a threshold was crossed, or had
// just ended.
type Suspect struct {
	SpanContext trace.SpanContext
	Operation   string
	Category    string
	// Growth is the largest growth of the process while it ran, in bytes.
	Growth int64
	// InFlight says that it has not ended.
	InFlight bool
}
