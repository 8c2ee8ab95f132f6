package spanhook_test

import (
	"context"
	"encoding/binary"
	"math/rand/v2"
	"slices"
	"sync"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/trace"
	"go.opentelemetry.io/otel/trace/embedded"
	"go.opentelemetry.io/otel/trace/noop"
)

// otherProvider is a provider that is not the SDK's, as those of vendors are: no span
// processor, no methods beyond the API, and trace ids of which half the values never
// occur. It keeps spans that ended.
type otherProvider struct {
	embedded.TracerProvider
	mu    sync.Mutex
	ended []*otherSpan
}

func (p *otherProvider) Tracer(string, ...trace.TracerOption) trace.Tracer {
	return &otherTracer{provider: p}
}

// last are the attributes of the span that ended last; nil where none did.
func (p *otherProvider) last() []attribute.KeyValue {
	p.mu.Lock()
	defer p.mu.Unlock()
	if len(p.ended) == 0 {
		return nil
	}
	return p.ended[len(p.ended)-1].attributes
}

type otherTracer struct {
	embedded.Tracer
	provider *otherProvider
}

func (t *otherTracer) Start(ctx context.Context, _ string, options ...trace.SpanStartOption) (context.Context, trace.Span) {
	c := trace.NewSpanStartConfig(options...)
	parent := trace.SpanContextFromContext(ctx)
	sc := trace.SpanContextConfig{TraceID: parent.TraceID(), TraceFlags: trace.FlagsSampled}
	binary.BigEndian.PutUint64(sc.SpanID[:], rand.Uint64()>>1+1)
	if !sc.TraceID.IsValid() {
		copy(sc.TraceID[8:], sc.SpanID[:])
	}
	s := &otherSpan{provider: t.provider, context: trace.NewSpanContext(sc), attributes: slices.Clone(c.Attributes())}
	return trace.ContextWithSpan(ctx, s), s
}

type otherSpan struct {
	noop.Span
	provider   *otherProvider
	context    trace.SpanContext
	mu         sync.Mutex
	attributes []attribute.KeyValue
	ended      bool
}

func (s *otherSpan) SpanContext() trace.SpanContext { return s.context }

func (s *otherSpan) IsRecording() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return !s.ended
}

func (s *otherSpan) SetAttributes(attributes ...attribute.KeyValue) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.ended {
		s.attributes = append(s.attributes, attributes...)
	}
}

func (s *otherSpan) End(...trace.SpanEndOption) {
	s.mu.Lock()
	first := !s.ended
	s.ended = true
	s.mu.Unlock()
	if first {
		s.provider.mu.Lock()
		defer s.provider.mu.Unlock()
		s.provider.ended = append(s.provider.ended, s)
	}
}
