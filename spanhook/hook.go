package spanhook

import (
	"fmt"
	"sync"
	"sync/atomic"
	"unsafe"

	sdktrace "go.opentelemetry.io/otel/sdk/trace"

	"github.com/otelmem/otelmem-go/internal/attrs"
)

// Hook measures spans. All processors and providers made from it share it, so that a
// span is measured once however many there are. It is safe for concurrent use, starts no
// goroutine and needs no closing.
type Hook struct {
	config
	read      func() Reading
	inFlight  *inFlight
	fairShare fairShare
	sampler   *stackSampler // nil unless stacks are taken
	unheard   unheard
	sampling  headSampling

	processors processors
	wrapped    atomic.Bool // spans start by a provider of TracerProvider
	untracked  atomic.Int64
	incomplete atomic.Bool
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
	p := &processor{hook: h, next: nextProcessor{SpanProcessor: next, onFail: h.onNext}}
	h.processors.add(p)
	return p
}

// SetComplete says whether all spans reach the processors, which is the default. Where
// head sampling drops some before, nobody knows how many operations were in flight:
// concurrency and share are then left out.
func (h *Hook) SetComplete(complete bool) { h.incomplete.Store(!complete) }

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
	// Unheard is the number of spans so far that ended and of whose end no processor
	// heard for a minute: one in front of it keeps ends to itself.
	Unheard int64
	// HeadSampled says that a sampler drops spans before they are measured, by the
	// trace ids of those that arrive.
	HeadSampled bool
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
		InFlight:    entries,
		Untracked:   h.untracked.Load(),
		Unheard:     h.unheard.spans.Load(),
		HeadSampled: h.sampling.found.Load(),
		Bytes:       bytes,
		Disabled:    h.disabled.Load(),
	}
}

// byProvider stands in a processor's place for spans that a provider of
// [Hook.TracerProvider] measures.
const byProvider = 0

// start begins to measure a span of whose start the processor heard. It is false where
// the span is measured already, or cannot be.
func (h *Hook) start(s sdktrace.ReadWriteSpan, processor uint64) (ok bool) {
	if h.disabled.Load() {
		return false
	}
	defer h.contain("start")
	e := entry{key: keyOf(s.SpanContext()), span: s, processors: processor}
	if h.processors.several() && h.inFlight.seenBy(e.key, processor) {
		return false
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
	// A provider sees what the sampler drops, too.
	if e.localRoot && !h.wrapped.Load() && h.sampling.saw(e.key.trace) {
		h.SetComplete(false)
	}
	sums, inFlight := h.fairShare.advance(&e.reading, e.weight())
	e.sums = sums
	gave := h.inFlight.add(&e, e.reading.Now-h.maxAge)
	if !gave.ok {
		gave.roots += e.weight() // a span id given out twice: only its first holder is tracked
	}
	if gave.untracked+gave.unheard+gave.roots > 0 {
		h.untracked.Add(gave.untracked)
		h.unheard.spans.Add(gave.unheard)
		h.fairShare.advance(&e.reading, -gave.roots)
	}
	if h.unheard.lookDue(inFlight, gave.crowded) {
		h.lookForUnheard(&e.reading)
	}
	return gave.ok
}

// isEvent says that s is one of the module's own event spans, which get no growth.
func isEvent(s sdktrace.ReadOnlySpan) bool {
	return s.InstrumentationScope().Name == attrs.ScopeEvents
}

// end returns the span to hand on to the next of the processor: s itself where its start
// is not known.
func (h *Hook) end(s sdktrace.ReadOnlySpan, processor uint64) (out sdktrace.ReadOnlySpan) {
	if h.disabled.Load() {
		return s
	}
	out = s
	defer h.contain("end")
	key := keyOf(s.SpanContext())
	was, ok := h.inFlight.end(key, processor, h.processors.mask.Load())
	// Another hook, in front of this one, has measured it too: its figures are on the
	// span already.
	other, chained := s.(*spanWithGrowth)
	if !ok || chained && other.growth.config == &h.config {
		return s
	}
	if was.state == heard {
		if was.measured != nil && !chained {
			return was.measured
		}
		return s
	}
	reading, sums := h.leave(&was)
	if isEvent(s) {
		return s
	}
	measured := &spanWithGrowth{ReadOnlySpan: s}
	if chained {
		measured.ReadOnlySpan = other.ReadOnlySpan
	}
	if was.stacks != nil {
		was.stacks.End = callStack()
	}
	h.fill(&measured.growth, measured.ReadOnlySpan, &was, &reading, sums)
	if !chained {
		out = measured
	}
	if h.processors.several() {
		h.inFlight.setMeasured(key, measured, reading.Now)
	}
	h.sink(&measured.growth)
	return out
}

// leave takes the reading of a span's end: it is in flight no longer.
func (h *Hook) leave(was *entry) (Reading, sums) {
	reading := h.read()
	sums, _ := h.fairShare.advance(&reading, -was.weight())
	if was.state == ended {
		sums, reading.Now = was.endSums, was.endedAt
	}
	return reading, sums
}

// fill makes g the growth of a span that ended.
func (h *Hook) fill(g *Growth, s sdktrace.ReadOnlySpan, was *entry, reading *Reading, sums sums) {
	g.Span = s
	g.config = &h.config
	g.measure(&was.start, reading, sums)
	g.HasShare = !h.incomplete.Load()
	if was.name != nil {
		g.StartedAs = was.name.name
	}
	if was.stacks != nil {
		inner := InnerSpan{g.StartedAs, was.stacks}
		if was.localRoot || !h.inFlight.giveToRoot(keyOf(s.Parent()), inner) {
			g.Stacks = was.stacks
		}
	}
	g.Inner = was.inner
}

// contain recovers from a panic in the hook and turns the hook off, so that the
// application does not notice.
func (h *Hook) contain(where string) {
	if p := recover(); p != nil {
		h.disabled.Store(true)
		h.disable.Do(func() { h.onDisable(fmt.Sprintf("panic at a span's %s: %v", where, p)) })
	}
}
