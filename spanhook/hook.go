package spanhook

import (
	"fmt"
	"sync"
	"sync/atomic"
	"unsafe"

	sdktrace "go.opentelemetry.io/otel/sdk/trace"

	"github.com/otelmem/otelmem-go/internal/attrs"
)

// Hook measures spans. All processors made from it share it, so that a span is
// measured once however many there are. It is safe for concurrent use, starts no
// goroutine and needs no closing.
type Hook struct {
	config
	read            func() Reading
	inFlight        *inFlight
	fairShare       fairShare
	sampler         *stackSampler   // nil unless stacks are taken
	alreadyMeasured alreadyMeasured // used only with several processors

	processors atomic.Int32
	pushedOut  atomic.Int64
	disabled   atomic.Bool
	disable    sync.Once
}

// New returns a Hook that reads the process's memory by calling read at the start
// and at the end of each span. read is called on the goroutine of the span, by
// several at once: it must be safe for concurrent use, and should neither wait nor
// allocate. If it panics, the hook turns itself off.
func New(read func() Reading, opts ...Option) *Hook {
	c := newConfig(opts)
	h := &Hook{config: c, read: read, inFlight: newInFlight(c.maxInFlight)}
	if c.stacks {
		h.sampler = new(stackSampler)
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

// Resume measures spans again that start from now on, after [Hook.Stop].
func (h *Hook) Resume() { h.disabled.Store(false) }

// Stats is the state of a [Hook].
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
	bytes := int64(slots) * entrySize
	if h.sampler != nil {
		bytes += h.sampler.bytes()
	}
	return Stats{
		InFlight:  entries,
		Untracked: h.pushedOut.Load(),
		Bytes:     bytes,
		Disabled:  h.disabled.Load(),
	}
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
		e.name = h.sampler.startName(s.Name())
		if e.name.sample(e.key.span) {
			e.stacks = &Stacks{Start: callStack()}
		}
	}
	e.reading = h.read()
	parent := s.Parent()
	e.localRoot, e.parent = !parent.IsValid() || parent.IsRemote(), parent.SpanID()
	e.sums = h.fairShare.advance(&e.reading, weight(e.localRoot))
	added, pushed, roots := h.inFlight.add(&e, e.reading.Now-h.maxAge)
	if !added && e.localRoot {
		roots++ // a span id given out twice: only its first holder is tracked
	}
	if pushed+roots > 0 {
		h.pushedOut.Add(int64(pushed))
		h.fairShare.advance(&e.reading, -int64(roots))
	}
}

// weight is 1 for what counts as an operation in flight.
func weight(localRoot bool) int64 {
	if localRoot {
		return 1
	}
	return 0
}

// isEvent says that s is one of the module's own event spans, which get no growth.
func isEvent(s sdktrace.ReadOnlySpan) bool {
	return s.InstrumentationScope().Name == attrs.ScopeEvents
}

// end returns the span to hand on: s itself where its start is not known.
func (h *Hook) end(s sdktrace.ReadOnlySpan) (out sdktrace.ReadOnlySpan) {
	if h.disabled.Load() {
		return s
	}
	out = s
	defer h.contain("end")
	if _, already := s.(*spanWithGrowth); already {
		return s
	}
	several := h.processors.Load() > 1
	start, ok := h.inFlight.take(keyOf(s.SpanContext()))
	if !ok {
		if several {
			if measured := h.alreadyMeasured.find(s.SpanContext()); measured != nil {
				return measured
			}
		}
		return s
	}
	reading := h.read()
	sums := h.fairShare.advance(&reading, -weight(start.localRoot))
	if isEvent(s) {
		return s
	}
	measured := &spanWithGrowth{ReadOnlySpan: s}
	g := &measured.growth
	g.Span = s
	g.config = &h.config
	g.measure(&start, &reading, sums)
	if start.name != nil {
		g.StartedAs = start.name.name
	}
	if start.stacks != nil {
		start.stacks.End = callStack()
		inner := InnerSpan{g.StartedAs, start.stacks}
		if start.localRoot || !h.inFlight.giveToRoot(keyOf(s.Parent()), inner) {
			g.Stacks = start.stacks
		}
	}
	g.Inner = start.inner
	out = measured
	if several {
		h.alreadyMeasured.add(measured)
	}
	h.sink(g)
	return out
}

// contain recovers from a panic in the hook and turns the hook off, so that the
// application does not notice.
func (h *Hook) contain(where string) {
	if p := recover(); p != nil {
		h.disabled.Store(true)
		h.disable.Do(func() { h.onDisable(fmt.Sprintf("panic at a span's %s: %v", where, p)) })
	}
}
