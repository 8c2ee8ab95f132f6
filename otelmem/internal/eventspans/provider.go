package eventspans

import (
	"context"

	"go.opentelemetry.io/otel/trace"
	"go.opentelemetry.io/otel/trace/embedded"
)

// marker is the key of a context in which an event span starts.
type marker struct{}

// Provider makes tracers of next whose spans are event spans: [Sampler] keeps them. flush
// is called where next itself cannot be flushed, like the global provider before it has
// an SDK. dropped is called for each event span that the service's sampler drops.
func Provider(next trace.TracerProvider, flush func(context.Context) error, dropped func()) trace.TracerProvider {
	p := &provider{next: next, flush: flush, dropped: dropped}
	if f, ok := next.(interface{ ForceFlush(context.Context) error }); ok {
		p.flush = f.ForceFlush
	}
	return p
}

type provider struct {
	embedded.TracerProvider
	next    trace.TracerProvider
	flush   func(context.Context) error
	dropped func()
}

func (p *provider) Tracer(name string, options ...trace.TracerOption) trace.Tracer {
	return &tracer{next: p.next.Tracer(name, options...), dropped: p.dropped}
}

func (p *provider) ForceFlush(ctx context.Context) error { return p.flush(ctx) }

type tracer struct {
	embedded.Tracer
	next    trace.Tracer
	dropped func()
}

func (t *tracer) Start(ctx context.Context, name string, options ...trace.SpanStartOption) (context.Context, trace.Span) {
	_, span := t.next.Start(context.WithValue(ctx, marker{}, true), name, options...)
	if sc := span.SpanContext(); sc.IsValid() && !sc.IsSampled() {
		t.dropped()
	}
	// Spans that start in this context are no event spans.
	return trace.ContextWithSpan(ctx, span), span
}
