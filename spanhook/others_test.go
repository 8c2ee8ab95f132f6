package spanhook_test

import (
	"context"
	"testing"
	"testing/synctest"
	"time"

	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/sdk/trace/tracetest"

	"github.com/otelmem/otelmem-go/spanhook"
)

// This file has hooks behind other hooks, and in front of others' code that breaks.

func TestOfTwoHooksInAChainBothCount(t *testing.T) {
	const spans = 20_000 // more than a table holds
	process, counted := newProcess(), [2]int{}
	var hooks [2]*spanhook.Hook
	for i := range hooks {
		hooks[i] = spanhook.New(process.read, spanhook.WithSink(func(g *spanhook.Growth) {
			if g.Heap == 5*mib && len(g.Span.Attributes()) == 0 {
				counted[i]++
			}
		}))
	}
	exporter := tracetest.NewInMemoryExporter()
	last := sdktrace.NewSimpleSpanProcessor(exporter)
	tp := sdktrace.NewTracerProvider(sdktrace.WithSpanProcessor(hooks[0].Processor(hooks[1].Processor(last))))
	for range spans {
		_, span := tp.Tracer("test").Start(t.Context(), "op")
		process.grow(5*mib, 0)
		span.End()
	}
	for i, hook := range hooks {
		if stats := hook.Stats(); counted[i] != spans || stats.InFlight != 0 || stats.Untracked != 0 {
			t.Errorf("hook %d counted %d of %d: %+v", i, counted[i], spans, stats)
		}
	}
	seen := make(map[string]int)
	for _, kv := range exporter.GetSpans()[0].Attributes {
		if seen[string(kv.Key)]++; seen[string(kv.Key)] > 1 {
			t.Errorf("%s stands twice on the span", kv.Key)
		}
	}
	if seen["otelmem.heap.growth"] == 0 {
		t.Errorf("no growth on the span: %v", seen)
	}
}

// broken panics in each of its methods.
type broken struct{}

func (broken) OnStart(context.Context, sdktrace.ReadWriteSpan) { panic("broken") }
func (broken) OnEnd(sdktrace.ReadOnlySpan)                     { panic("broken") }
func (broken) Shutdown(context.Context) error                  { panic("broken") }
func (broken) ForceFlush(context.Context) error                { panic("broken") }

func TestANextProcessorThatPanicsHurtsOnlyItself(t *testing.T) {
	var counter onEndCounter
	reason, counted := "", 0
	hook := spanhook.New(newProcess().read, spanhook.WithSink(func(*spanhook.Growth) { counted++ }),
		spanhook.WithOnNext(func(r string) { reason = r }))
	tp := sdktrace.NewTracerProvider(sdktrace.WithSpanProcessor(hook.Processor(broken{})), sdktrace.WithSpanProcessor(hook.Processor(&counter)))
	for range 10 {
		_, span := tp.Tracer("test").Start(t.Context(), "op")
		span.End()
	}
	if counted != 10 || counter.spans != 10 || reason != "OnEnd of the next span processor panicked: broken" || hook.Stats().Disabled {
		t.Errorf("measured %d, handed on %d of 10, said %q", counted, counter.spans, reason)
	}
	if err := tp.ForceFlush(t.Context()); err == nil {
		t.Error("ForceFlush: want an error")
	}
	if err := tp.Shutdown(t.Context()); err == nil {
		t.Error("Shutdown: want an error")
	}
}

func TestANextProcessorThatPanickedWorksAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		reason, panics := "", true
		hook := spanhook.New(newProcess().read, spanhook.WithOnNext(func(r string) { reason = r }))
		tp := sdktrace.NewTracerProvider(sdktrace.WithSpanProcessor(hook.Processor(onEnd(func(sdktrace.ReadOnlySpan) {
			if panics {
				panic("broken")
			}
		}))))
		op := func() {
			_, span := tp.Tracer("test").Start(t.Context(), "op")
			span.End()
		}
		op()
		panics = false
		op()
		if reason == "" {
			t.Error("said to work at once")
		}
		time.Sleep(time.Minute)
		op()
		if reason != "" {
			t.Errorf("said %q after a minute without a panic", reason)
		}
	})
}
