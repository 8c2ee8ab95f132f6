package spanhook

import (
	"context"
	"errors"
	"math/bits"
	"slices"
	"sync"
	"sync/atomic"

	sdktrace "go.opentelemetry.io/otel/sdk/trace"
)

// maxProcessors is how many processors of a hook are told apart. Those beyond share
// the last place.
const maxProcessors = 64

// processors are those of a hook that were not shut down. Each has a bit, by which a
// span in flight knows which of them saw its start. The zero value has none; it is
// safe for concurrent use.
type processors struct {
	mask atomic.Uint64

	mu  sync.Mutex // guards what follows, and changes of mask
	all []*processor
}

// add gives p its bit.
func (ps *processors) add(p *processor) {
	ps.mu.Lock()
	defer ps.mu.Unlock()
	free := bits.TrailingZeros64(^ps.mask.Load())
	p.bit = 1 << min(free, maxProcessors-1)
	ps.all = append(ps.all, p)
	ps.mask.Store(ps.mask.Load() | p.bit)
}

// remove takes p out; it may be called more than once.
func (ps *processors) remove(p *processor) {
	ps.mu.Lock()
	defer ps.mu.Unlock()
	ps.all = slices.DeleteFunc(ps.all, func(other *processor) bool { return other == p })
	var mask uint64
	for _, other := range ps.all {
		mask |= other.bit
	}
	ps.mask.Store(mask)
}

// several says whether a span may pass more than one.
func (ps *processors) several() bool {
	mask := ps.mask.Load()
	return mask&(mask-1) != 0
}

// ForceFlush flushes the next processors of all processors that were made from the
// hook and were not shut down: for a provider that cannot be flushed itself, like the
// global one before it has an SDK.
func (h *Hook) ForceFlush(ctx context.Context) error {
	h.processors.mu.Lock()
	all := slices.Clone(h.processors.all)
	h.processors.mu.Unlock()
	var errs []error
	for _, p := range all {
		errs = append(errs, p.ForceFlush(ctx))
	}
	return errors.Join(errs...)
}

// processor is a Hook in front of one next processor.
type processor struct {
	hook *Hook
	next nextProcessor
	bit  uint64
}

var _ sdktrace.SpanProcessor = (*processor)(nil)

// OnStart measures last, so that the next processor's work is not the span's.
func (p *processor) OnStart(parent context.Context, s sdktrace.ReadWriteSpan) {
	p.next.onStart(parent, s)
	p.hook.start(s, p.bit)
}

// OnEnd measures first, for the same reason.
func (p *processor) OnEnd(s sdktrace.ReadOnlySpan) {
	s = p.hook.end(s, p.bit)
	p.next.onEnd(s)
}

func (p *processor) Shutdown(ctx context.Context) error {
	p.hook.processors.remove(p)
	return p.next.shutdown(ctx)
}

func (p *processor) ForceFlush(ctx context.Context) error {
	return p.next.forceFlush(ctx)
}
