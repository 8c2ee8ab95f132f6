package spanhook

import (
	"fmt"
	"sync"
	"sync/atomic"
	"unsafe"

	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/trace"

	"github.com/otelmem/otelmem-go/internal/attrs"
	"github.com/otelmem/otelmem-go/internal/memstat"
)

// Hook measures spans. It is shared by all processors made from it, so that a
// span counts once however many there are. It is safe for concurrent use; it
// starts no goroutine and needs no closing.
type Hook struct {
	config
	read     func() memstat.Mark
	inFlight *inFlight
	ledger   ledger
	sampler  *stackSampler // nil unless stacks are taken

	processors atomic.Int32
	pushedOut  atomic.Int64
	disabled   atomic.Bool
	disable    sync.Once

	endedMu sync.Mutex // guards what follows, used only with several processors
	ended   [64]*grown
	endedAt int
}

// New returns a Hook that reads memory by read, twice a span: read must neither
// wait nor allocate.
func New(read func() memstat.Mark, opts ...Option) *Hook {
	c := newConfig(opts)
	h := &Hook{config: c, read: read, inFlight: newInFlight(c.maxInFlight)}
	if c.stacks {
		h.sampler = newStackSampler()
	}
	return h
}

// Processor returns a processor that measures spans and hands them on to next,
// with their growth as attributes. ForceFlush and Shutdown are next's. A nil
// next makes a processor that only measures.
func (h *Hook) Processor(next sdktrace.SpanProcessor) sdktrace.SpanProcessor {
	h.processors.Add(1)
	return &processor{hook: h, next: next}
}

// Stop lets spans pass unchanged from now on.
func (h *Hook) Stop() { h.disabled.Store(true) }

// Stats is what the hook says of itself.
type Stats struct {
	// InFlight is the number of spans tracked now.
	InFlight int
	// Untracked is the number of spans pushed out by the bounds so far.
	Untracked int64
	// Bytes is about how much memory the table holds.
	Bytes int64
	// Disabled says that the hook was stopped or turned itself off.
	Disabled bool
}

// entrySize is a slot and its share of the index, in bytes.
const entrySize = int64(unsafe.Sizeof(slot{})) + 32

// Stats returns the hook's state. It locks one shard of the table at a time.
func (h *Hook) Stats() Stats {
	entries, slots := h.inFlight.size()
	return Stats{
		InFlight:  entries,
		Untracked: h.pushedOut.Load(),
		Bytes:     int64(slots) * entrySize,
		Disabled:  h.disabled.Load(),
	}
}

// Running is a span in flight.
type Running struct {
	// Span is the live span; its methods are safe for concurrent use.
	Span sdktrace.ReadWriteSpan
	// Growth is the largest growth of the process since it started, in bytes.
	Growth int64
}

// Running returns the local roots in flight, in no order.
func (h *Hook) Running() []Running {
	now := h.read()
	var running []Running
	h.inFlight.each(func(e *entry) {
		if e.localRoot && !isEvent(e.span) {
			running = append(running, Running{Span: e.span, Growth: max(
				now.RSS-e.mark.RSS,
				now.External-e.mark.External,
				now.HeapObjects-e.mark.HeapObjects,
			)})
		}
	})
	return running
}

func (h *Hook) start(s sdktrace.ReadWriteSpan) {
	if h.disabled.Load() {
		return
	}
	defer h.contain("start")
	e := entry{key: keyOf(s.SpanContext()), span: s}
	if h.processors.Load() > 1 && h.inFlight.has(e.key) {
		return
	}
	if h.sampler != nil {
		e.begun = h.sampler.of(s.Name())
		if e.begun.due(e.key.span) {
			e.stacks = &Stacks{Start: stack()}
		}
	}
	e.mark = h.read()
	parent := s.Parent()
	e.localRoot = !parent.IsValid() || parent.IsRemote()
	e.sums = h.ledger.add(&e.mark, weight(e.localRoot))
	added, pushed, roots := h.inFlight.add(&e, e.mark.Now-h.maxAge)
	if !added && e.localRoot {
		roots++ // a span id given out twice: only its first holder is tracked
	}
	if pushed+roots > 0 {
		h.pushedOut.Add(int64(pushed))
		h.ledger.add(&e.mark, -int64(roots))
	}
}

// weight is 1 for what counts as an operation in flight.
func weight(localRoot bool) int64 {
	if localRoot {
		return 1
	}
	return 0
}

// isEvent says that s is one of our own event spans, which measure nothing.
func isEvent(s sdktrace.ReadOnlySpan) bool {
	return s.InstrumentationScope().Name == attrs.ScopeEvents
}

// end returns what to hand on: s itself where nothing is known of its start.
func (h *Hook) end(s sdktrace.ReadOnlySpan) (out sdktrace.ReadOnlySpan) {
	if h.disabled.Load() {
		return s
	}
	out = s
	defer h.contain("end")
	if _, already := s.(*grown); already {
		return s
	}
	start, ok := h.inFlight.take(keyOf(s.SpanContext()))
	if !ok {
		if g := h.justEnded(s.SpanContext()); g != nil {
			return g
		}
		return s
	}
	mark := h.read()
	sums := h.ledger.add(&mark, -weight(start.localRoot))
	if isEvent(s) {
		return s
	}
	g := &grown{ReadOnlySpan: s}
	g.growth.Span = s
	g.growth.config = &h.config
	g.growth.measure(&start, &mark, sums)
	if start.begun != nil {
		g.growth.Begun = start.begun.name
	}
	if start.stacks != nil {
		start.stacks.End = stack()
		g.growth.Stacks = start.stacks
	}
	out = g
	if h.processors.Load() > 1 {
		h.rememberEnded(g)
	}
	h.sink(&g.growth)
	return out
}

// rememberEnded keeps g for the other processors, which are told of the same
// end right after this one, on the same goroutine.
func (h *Hook) rememberEnded(g *grown) {
	h.endedMu.Lock()
	defer h.endedMu.Unlock()
	h.ended[h.endedAt%len(h.ended)] = g
	h.endedAt++
}

func (h *Hook) justEnded(sc trace.SpanContext) *grown {
	if h.processors.Load() < 2 {
		return nil
	}
	h.endedMu.Lock()
	defer h.endedMu.Unlock()
	for _, g := range h.ended {
		if g != nil && g.SpanContext().SpanID() == sc.SpanID() && g.SpanContext().TraceID() == sc.TraceID() {
			return g
		}
	}
	return nil
}

// contain turns a panic in the hook into the hook being off: the application
// must not notice.
func (h *Hook) contain(where string) {
	if p := recover(); p != nil {
		h.disabled.Store(true)
		h.disable.Do(func() { h.onDisable(fmt.Sprintf("panic at a span's %s: %v", where, p)) })
	}
}
