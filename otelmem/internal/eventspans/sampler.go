package eventspans

import (
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/trace"
)

// Sampler keeps event spans, and records what next drops while measures says that spans
// are measured: such spans reach processors and metrics, and are not exported. All else
// is next's.
func Sampler(next sdktrace.Sampler, measures func() bool) sdktrace.Sampler {
	return &sampler{next: next, recording: sdktrace.AlwaysRecord(next), measures: measures}
}

type sampler struct {
	next, recording sdktrace.Sampler
	measures        func() bool
}

func (s *sampler) ShouldSample(p sdktrace.SamplingParameters) sdktrace.SamplingResult {
	switch {
	case p.ParentContext != nil && p.ParentContext.Value(marker{}) != nil:
		return sdktrace.SamplingResult{
			Decision:   sdktrace.RecordAndSample,
			Tracestate: trace.SpanContextFromContext(p.ParentContext).TraceState(),
		}
	case s.measures():
		return s.recording.ShouldSample(p)
	default:
		return s.next.ShouldSample(p)
	}
}

func (s *sampler) Description() string { return "otelmem{" + s.next.Description() + "}" }
