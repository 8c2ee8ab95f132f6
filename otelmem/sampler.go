package otelmem

import (
	sdktrace "go.opentelemetry.io/otel/sdk/trace"

	"github.com/otelmem/otelmem-go/otelmem/internal/eventspans"
)

// Sampler wraps the service's sampler, for sdktrace.WithSampler. No event span is
// dropped any more: under 1 % head sampling 99 of 100 leaks would reach no backend.
// Spans that s drops are recorded, though not exported, so that growth, concurrency and
// metrics are of all operations; that costs each about what a sampled one costs without
// its export. A nil s is the SDK's default, ParentBased(AlwaysSample()). Where diagnostics
// are off it returns s itself, and in standby it samples as s does.
func (d *Diagnostics) Sampler(s sdktrace.Sampler) sdktrace.Sampler {
	if s == nil {
		s = sdktrace.ParentBased(sdktrace.AlwaysSample())
	}
	if d.off() {
		return s
	}
	return eventspans.Sampler(s, d.Enabled)
}
