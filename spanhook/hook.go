package spanhook

import (
	"fmt"
	"sync"
	"sync/atomic"
	"time"
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
	read     func() memstat.Snapshot
	base     time.Time
	inFlight *inFlight
	ledger   ledger

	processors atomic.Int32
	pushedOut  atomic.Int64
	disabled   atomic.Bool
	disable    sync.Once

	endedMu sync.Mutex // guards what follows, used only with several processors
	ended   [64]*grown
	endedAt int
}

// New returns a Hook that takes its snapshots from read, twice a span: read
// must neither wait nor allocate.
func New(read func() memstat.Snapshot, opts ...Option) *Hook {
	c := newConfig(opts)
	return &Hook{config: c, read: read, base: time.Now(), inFlight: newInFlight(c.maxInFlight)}
}

// Processor returns a processor that measures spans and hands them on to next,
// with their growth as attributes. ForceFlush and Shutdown are next's. A nil
// next makes a processor that only measures.
func (h *Hook) Processor(next sdktrace.SpanProcessor) sdktrace.SpanProcessor {
	h.processors.Add(1)
	return &processor{hook: h, next: next}
}

// Stats is what the hook says of itself.
type Stats struct {
	// InFlight is the number of spans tracked now.
	InFlight int
	// Untracked is the number of spans pushed out by the bounds so far.
	Untracked int64
	// Bytes is about how much memory the table holds.
	Bytes int64
	// Disabled says that the hook turned itself off.
	Disabled bool
}

// entrySize is a slot and its share of the index, in bytes.
const entrySize = int64(unsafe.Sizeof(entry{})) + 48

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
		if e.localRoot {
			running = append(running, Running{Span: e.span, Growth: max(
				now.RSS-e.snapshot.RSS,
				now.External-e.snapshot.External,
				now.HeapObjects-e.snapshot.HeapObjects,
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
	if s.InstrumentationScope().Name == attrs.ScopeEvents {
		return
	}
	key := keyOf(s.SpanContext())
	if h.processors.Load() > 1 && h.inFlight.has(key) {
		return
	}
	parent := s.Parent()
	e := entry{
		key:       key,
		span:      s,
		snapshot:  h.read(),
		localRoot: !parent.IsValid() || parent.IsRemote(),
	}
	now := time.Since(h.base)
	e.sums = h.ledger.enter(now, &e.snapshot, e.localRoot)
	added, pushed, roots := h.inFlight.add(&e, now-h.maxAge)
	if !added && e.localRoot {
		roots++ // a span id given out twice: only its first holder is tracked
	}
	h.pushedOut.Add(int64(pushed))
	for range roots {
		h.ledger.forget(now)
	}
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
	key := keyOf(s.SpanContext())
	var start entry
	if !h.inFlight.take(key, &start) {
		if g := h.justEnded(s.SpanContext()); g != nil {
			return g
		}
		return s
	}
	snap := h.read()
	sums := h.ledger.leave(time.Since(h.base), &snap, start.localRoot)
	g := &grown{ReadOnlySpan: s}
	g.growth.Span = s
	g.growth.categorize = h.category
	g.growth.measure(&start, &snap, sums)
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
