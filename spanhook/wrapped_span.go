package spanhook

import (
	"slices"
	"sync"
	"sync/atomic"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/trace"
)

// measuring is what a span of a wrapped provider has beside the span itself. It is
// safe for concurrent use.
type measuring struct {
	provider *provider
	ended    atomic.Bool
	growth   Growth
}

// ends says, once, that the span ends and is to be measured.
func (m *measuring) ends() bool { return !m.ended.Swap(true) && !m.provider.hook.disabled.Load() }

// beforeEnd measures span, which is about to end, and sets its growth; seen is the span
// for those who read it later. It is false where the start is not known.
func (m *measuring) beforeEnd(span trace.Span, seen sdktrace.ReadOnlySpan) (ok bool) {
	h := m.provider.hook
	defer h.contain("end")
	was, ok := h.inFlight.end(keyOf(span.SpanContext()), byProvider, byProvider)
	if !ok {
		return false
	}
	reading, sums := h.leave(&was)
	if was.stacks != nil {
		was.stacks.End = callStack()
	}
	h.fill(&m.growth, seen, &was, &reading, sums)
	if span.IsRecording() {
		span.SetAttributes(m.growth.appendAttributes(make([]attribute.KeyValue, 0, maxAttributes))...)
	}
	return true
}

// afterEnd tells of the growth.
func (m *measuring) afterEnd() {
	h := m.provider.hook
	defer h.contain("end")
	h.sink(&m.growth)
}

// sdkSpan is a span of the SDK.
type sdkSpan struct {
	sdktrace.ReadWriteSpan
	measuring
	seen withoutGrowth

	attributes sync.Mutex // is held while they are set or copied
}

// withoutGrowth is a span with the attributes from before its growth was set. Those of
// the SDK's span must not be asked for once it has ended: that writes to what exporters
// read.
type withoutGrowth struct {
	sdktrace.ReadOnlySpan
	attributes []attribute.KeyValue
}

func (s *withoutGrowth) Attributes() []attribute.KeyValue { return s.attributes }

// End calls next's by defer, also where it was itself called so while its goroutine
// panics: the SDK then records the panic, and lets it go on.
func (s *sdkSpan) End(options ...trace.SpanEndOption) {
	panicked := recover()
	if s.ends() {
		s.seen = withoutGrowth{s.ReadWriteSpan, s.attributesSoFar()}
		if s.beforeEnd(s.ReadWriteSpan, &s.seen) {
			defer s.afterEnd()
		}
	}
	defer s.ReadWriteSpan.End(options...)
	if panicked != nil {
		panic(panicked)
	}
}

// attributesSoFar returns what nobody writes to any more, whoever sets others meanwhile.
func (s *sdkSpan) attributesSoFar() []attribute.KeyValue {
	if attributesStay {
		return s.Attributes()
	}
	s.attributes.Lock()
	defer s.attributes.Unlock()
	return slices.Clone(s.Attributes())
}

func (s *sdkSpan) SetAttributes(attributes ...attribute.KeyValue) {
	s.attributes.Lock()
	defer s.attributes.Unlock()
	s.ReadWriteSpan.SetAttributes(attributes...)
}

func (s *sdkSpan) TracerProvider() trace.TracerProvider { return s.provider }

// otherSpan is a span that is not the SDK's, or that its sampler drops.
type otherSpan struct {
	trace.Span
	measuring
	record record
}

// End is as the SDK's spans have it: what is behind may record panics, too.
func (s *otherSpan) End(options ...trace.SpanEndOption) {
	panicked := recover()
	s.record.end(trace.NewSpanEndConfig(options...))
	if s.ends() && s.beforeEnd(s.Span, &s.record) {
		defer s.afterEnd()
	}
	defer s.Span.End(options...)
	if panicked != nil {
		panic(panicked)
	}
}

func (s *otherSpan) TracerProvider() trace.TracerProvider { return s.provider }

func (s *otherSpan) SetName(name string) {
	s.record.setName(name)
	s.Span.SetName(name)
}

func (s *otherSpan) SetAttributes(attributes ...attribute.KeyValue) {
	s.record.setAttributes(attributes)
	s.Span.SetAttributes(attributes...)
}

func (s *otherSpan) SetStatus(code codes.Code, description string) {
	s.record.setStatus(code, description)
	s.Span.SetStatus(code, description)
}
