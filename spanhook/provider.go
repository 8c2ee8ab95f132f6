package spanhook

import (
	"context"
	"reflect"

	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/trace"
	"go.opentelemetry.io/otel/trace/noop"

	"github.com/otelmem/otelmem-go/internal/attrs"
)

// TracerProvider returns a provider that measures the spans of next's tracers, for
// set-ups where no processor can be wrapped: its spans get their growth as attributes
// just before they end. It measures what a sampler drops too, so that concurrency and
// shares are of all operations. A span that a processor of the hook has seen is left to
// that, and so is one of a provider that does nothing. A nil next does nothing.
//
// Where [Hook.Processor] can be used it is better: the attributes count against the
// limits of a span and are built on the goroutine that ends it, and a span costs 1.3 to
// 1.6 times as much (BenchmarkSpan).
//
// next is the provider itself. What otel.GetTracerProvider returned before there was an
// SDK is returned as it is: set as the global provider, what wraps it would wait for
// itself for ever.
//
// Of the SDK's span everything is there, what is asserted to be a
// [sdktrace.ReadOnlySpan] included; only its count of children stays 0. Of next,
// ForceFlush and Shutdown are there; where it has no ForceFlush, that is
// [Hook.ForceFlush].
func (h *Hook) TracerProvider(next trace.TracerProvider) trace.TracerProvider {
	if next == nil {
		next = noop.NewTracerProvider()
	}
	if isGlobal(next) {
		return next
	}
	return &provider{TracerProvider: next, hook: h}
}

// isGlobal says whether p stands for the global provider that is to come.
func isGlobal(p trace.TracerProvider) bool {
	t := reflect.TypeOf(p)
	return t.Kind() == reflect.Pointer && t.Elem().PkgPath() == "go.opentelemetry.io/otel/internal/global"
}

type provider struct {
	trace.TracerProvider
	hook *Hook
}

func (p *provider) Tracer(name string, options ...trace.TracerOption) trace.Tracer {
	next := p.TracerProvider.Tracer(name, options...)
	if name == attrs.ScopeEvents {
		return next
	}
	return &tracer{Tracer: next, provider: p, scope: newScope(name, options)}
}

func (p *provider) ForceFlush(ctx context.Context) error {
	if next, ok := p.TracerProvider.(interface{ ForceFlush(context.Context) error }); ok {
		return next.ForceFlush(ctx)
	}
	return p.hook.ForceFlush(ctx)
}

func (p *provider) Shutdown(ctx context.Context) error {
	if next, ok := p.TracerProvider.(interface{ Shutdown(context.Context) error }); ok {
		return next.Shutdown(ctx)
	}
	return nil
}

type tracer struct {
	trace.Tracer
	provider *provider
	scope    scope
}

func (t *tracer) Start(ctx context.Context, name string, options ...trace.SpanStartOption) (context.Context, trace.Span) {
	h := t.provider.hook
	if !h.disabled.Load() && !h.wrapped.Load() {
		h.wrapped.Store(true)
	}
	parent := trace.SpanContextFromContext(ctx)
	ctx, span := t.Tracer.Start(ctx, name, options...)
	sc := span.SpanContext()
	if h.disabled.Load() || !sc.IsValid() || sc.SpanID() == parent.SpanID() {
		return ctx, span // the last two: of a provider that does nothing
	}
	if sdk, ok := span.(sdktrace.ReadWriteSpan); ok {
		s := &sdkSpan{ReadWriteSpan: sdk, measuring: measuring{provider: t.provider}}
		if h.start(sdk, byProvider) {
			return trace.ContextWithSpan(ctx, s), s
		}
		return ctx, span
	}
	s := &otherSpan{Span: span, measuring: measuring{provider: t.provider}}
	s.record.begin(span, t.scope, parent, name, trace.NewSpanStartConfig(options...))
	if h.start(&s.record, byProvider) {
		return trace.ContextWithSpan(ctx, s), s
	}
	return ctx, span
}
