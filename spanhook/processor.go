package spanhook

import (
	"context"

	sdktrace "go.opentelemetry.io/otel/sdk/trace"
)

// processor is a Hook in front of one next processor.
type processor struct {
	hook *Hook
	next sdktrace.SpanProcessor // may be nil
}

var _ sdktrace.SpanProcessor = (*processor)(nil)

// OnStart measures last, so that the next processor's work is not the span's.
func (p *processor) OnStart(parent context.Context, s sdktrace.ReadWriteSpan) {
	if p.next != nil {
		p.next.OnStart(parent, s)
	}
	p.hook.start(s)
}

// OnEnd measures first, for the same reason.
func (p *processor) OnEnd(s sdktrace.ReadOnlySpan) {
	s = p.hook.end(s)
	if p.next != nil {
		p.next.OnEnd(s)
	}
}

func (p *processor) Shutdown(ctx context.Context) error {
	if p.next == nil {
		return nil
	}
	return p.next.Shutdown(ctx)
}

func (p *processor) ForceFlush(ctx context.Context) error {
	if p.next == nil {
		return nil
	}
	return p.next.ForceFlush(ctx)
}
