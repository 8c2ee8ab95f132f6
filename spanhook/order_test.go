package spanhook_test

import (
	"context"
	"fmt"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/sdk/trace/tracetest"

	"github.com/otelmem/otelmem-go/spanhook"
)

// This file has providers whose other processors keep a span to themselves, or keep
// it waiting.

func TestAProcessorThatWaitsCostsTheNextNothing(t *testing.T) {
	const spans = 500
	synctest.Test(t, func(t *testing.T) {
		hook := spanhook.New(newProcess().read)
		var second onEndCounter
		tp := sdktrace.NewTracerProvider(
			sdktrace.WithSpanProcessor(hook.Processor(onEnd(func(sdktrace.ReadOnlySpan) { time.Sleep(time.Second) }))),
			sdktrace.WithSpanProcessor(hook.Processor(&second)))
		tracer := tp.Tracer("test")
		var requests sync.WaitGroup
		for range spans {
			requests.Go(func() {
				_, span := tracer.Start(t.Context(), "op")
				span.End()
			})
		}
		requests.Wait()
		if second.spans != spans || second.grown != spans {
			t.Errorf("%d spans, %d of them with growth, want %d", second.spans, second.grown, spans)
		}
		if stats := hook.Stats(); stats.InFlight != 0 || stats.Unheard != 0 {
			t.Errorf("%+v, want nothing left", stats)
		}
	})
}

// onEndCounter counts the spans that end, and those with growth.
type onEndCounter struct {
	mu           sync.Mutex
	spans, grown int
	concurrency  []float64
}

func (c *onEndCounter) OnStart(context.Context, sdktrace.ReadWriteSpan) {}
func (c *onEndCounter) Shutdown(context.Context) error                  { return nil }
func (c *onEndCounter) ForceFlush(context.Context) error                { return nil }
func (c *onEndCounter) OnEnd(s sdktrace.ReadOnlySpan) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.spans++
	for _, kv := range s.Attributes() {
		switch kv.Key {
		case "otelmem.heap.growth":
			c.grown++
		case "otelmem.concurrency":
			c.concurrency = append(c.concurrency, kv.Value.AsFloat64())
		}
	}
}

// An exporter that is not wrapped and exports as spans end stands in front.
func TestASpanThatWaitsElsewhereIsMeasuredAllTheSame(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		hook := spanhook.New(newProcess().read)
		var exported onEndCounter
		tp := sdktrace.NewTracerProvider(
			sdktrace.WithSpanProcessor(onEnd(func(sdktrace.ReadOnlySpan) { time.Sleep(time.Second) })),
			sdktrace.WithSpanProcessor(hook.Processor(&exported)))
		tracer := tp.Tracer("test")
		var requests sync.WaitGroup
		for range 100 {
			requests.Go(func() {
				_, span := tracer.Start(t.Context(), "op")
				time.Sleep(time.Millisecond)
				span.End()
			})
			time.Sleep(10 * time.Millisecond) // one at a time, but for the waiting
		}
		requests.Wait()
		if exported.grown != 100 {
			t.Errorf("%d of 100 have growth", exported.grown)
		}
		// While it waits, no other span has started that would show that it ended.
		for i, c := range exported.concurrency {
			if c > 1.01 {
				t.Errorf("concurrency of span %d is %v, want 1", i, c)
			}
		}
	})
}

// keepsEnds is a user's filter in front of a processor: it hands on the start of each
// span, and the end of those that it likes.
type keepsEnds struct {
	sdktrace.SpanProcessor
	likes func(name string) bool
}

func (f keepsEnds) OnEnd(s sdktrace.ReadOnlySpan) {
	if f.likes(s.Name()) {
		f.SpanProcessor.OnEnd(s)
	}
}

func TestSpansThatAFilterKeepsToItselfAreNotInFlight(t *testing.T) {
	for name, test := range map[string]struct {
		root, child string
	}{
		"operations":  {"health check", "health check"},
		"inner spans": {"root", "health check"},
	} {
		t.Run(name, func(t *testing.T) {
			hook := spanhook.New(newProcess().read)
			var exported onEndCounter
			tp := sdktrace.NewTracerProvider(sdktrace.WithSpanProcessor(
				keepsEnds{hook.Processor(&exported), func(name string) bool { return name != "health check" }}))
			tracer := tp.Tracer("test")
			for i := range 8000 {
				ctx, root := tracer.Start(t.Context(), test.root)
				_, child := tracer.Start(ctx, test.child)
				child.End()
				root.End()
				if i%100 == 0 {
					_, span := tracer.Start(t.Context(), "op")
					if running := hook.Running(); len(running) != 1 {
						t.Fatalf("%d operations run, want one", len(running))
					}
					span.End()
				}
			}
			stats := hook.Stats()
			if stats.Untracked != 0 || stats.InFlight > 1 {
				t.Errorf("%+v, want none untracked and at most the last in flight", stats)
			}
			for i, c := range exported.concurrency {
				if c != 1 {
					t.Errorf("concurrency of span %d is %v, want 1", i, c)
				}
			}
		})
	}
}

func TestSpansOfWhoseEndNobodyHearsAreCountedAfterAMinute(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		hook := spanhook.New(newProcess().read)
		tp := sdktrace.NewTracerProvider(sdktrace.WithSpanProcessor(
			keepsEnds{hook.Processor(nil), func(name string) bool { return name == "op" }}))
		tracer := tp.Tracer("test")
		for i := range 1000 {
			if i == 500 {
				time.Sleep(2 * time.Minute)
			}
			_, span := tracer.Start(t.Context(), fmt.Sprint("kept ", i))
			span.End()
		}
		if stats := hook.Stats(); stats.Unheard < 450 || stats.Untracked != 0 {
			t.Errorf("%+v, want the 500 of two minutes ago in Unheard, but for a few", stats)
		}
	})
}

func TestTheHookFlushesWhatItsProcessorsWrap(t *testing.T) {
	hook := spanhook.New(newProcess().read)
	exporter := tracetest.NewInMemoryExporter()
	tp := sdktrace.NewTracerProvider(sdktrace.WithSpanProcessor(hook.Processor(sdktrace.NewBatchSpanProcessor(exporter))))
	_, span := tp.Tracer("test").Start(t.Context(), "op")
	span.End()
	if err := hook.ForceFlush(t.Context()); err != nil {
		t.Fatal(err)
	}
	if n := len(exporter.GetSpans()); n != 1 {
		t.Errorf("%d spans arrived, want one", n)
	}
	if err := tp.Shutdown(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := hook.ForceFlush(t.Context()); err != nil {
		t.Errorf("after the processor's shutdown: %v", err)
	}
}

func TestWhereSpansAreMissingShareAndConcurrencyAreNotSaid(t *testing.T) {
	tracer, exporter, hook := setUp(t, newProcess().read)
	hook.SetComplete(false)
	_, span := tracer.Start(t.Context(), "op")
	span.End()
	for _, kv := range exporter.GetSpans()[0].Attributes {
		if kv.Key == "otelmem.heap.share" || kv.Key == "otelmem.concurrency" {
			t.Errorf("%s is %s, want none", kv.Key, kv.Value.Emit())
		}
	}
	attr(t, exporter.GetSpans()[0], "otelmem.heap.growth")
}
