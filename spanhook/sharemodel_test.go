package spanhook

import (
	"context"
	"math"
	"math/rand/v2"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/trace"

	"github.com/otelmem/otelmem-go/internal/seeded"
)

// shareModel divides growth as fair share is explained: at each reading what the heap
// grew since the last one, in equal parts among the operations in flight.
type shareModel struct {
	last Reading
	all  map[trace.SpanID]*modelOperation // in flight
}

type modelOperation struct {
	share       float64
	concurrency time.Duration // operations in flight, summed over time
	began       Reading
}

// read is of a reading that may be older than the last: then it says nothing new.
func (m *shareModel) read(r Reading) {
	n := len(m.all)
	for _, o := range m.all {
		if r.Taken > m.last.Taken {
			o.share += float64(r.HeapObjects-m.last.HeapObjects) / float64(n)
		}
		o.concurrency += time.Duration(n) * max(0, r.Now-m.last.Now)
	}
	if r.Taken > m.last.Taken {
		m.last.Taken, m.last.HeapObjects = r.Taken, r.HeapObjects
	}
	m.last.Now = max(m.last.Now, r.Now)
}

func TestSharesAreAsTheirModel(t *testing.T) {
	seeded.Each(t, 20, func(t *testing.T, random *rand.Rand) {
		now := Reading{Now: 1, Taken: 1, HeapObjects: 1 << 30} // as the next span reads it
		latest, earlier := now, now
		var measured *Growth
		hook := New(func() Reading { return now }, WithSink(func(g *Growth) { measured = g }))
		tracer := sdktrace.NewTracerProvider(sdktrace.WithSpanProcessor(hook.Processor(nil))).Tracer("model")
		model := &shareModel{all: make(map[trace.SpanID]*modelOperation)}
		var open []trace.Span
		for step := range 3000 {
			if step%5 == 0 {
				earlier = latest
			}
			latest.Now += time.Duration(1 + random.IntN(5000))
			if random.IntN(3) > 0 { // else spans share a reading
				latest.Taken = latest.Now
				latest.HeapObjects += random.Int64N(4<<20) - 2<<20
			}
			now = latest
			if random.IntN(10) == 0 { // a span read before others, and comes after them
				now = earlier
			}
			if len(open) > 0 && random.IntN(20) < len(open) {
				i := random.IntN(len(open))
				span := open[i]
				open = append(open[:i], open[i+1:]...)
				measured = nil
				span.End()
				model.read(now)
				want, root := model.all[span.SpanContext().SpanID()]
				delete(model.all, span.SpanContext().SpanID())
				switch {
				case measured == nil || measured.LocalRoot != root:
					t.Fatalf("step %d: growth %+v of a root: %v", step, measured, root)
				case root && math.Abs(float64(measured.Share)-want.share) > 1:
					t.Fatalf("step %d: share is %d, want %.1f", step, measured.Share, want.share)
				case root && now.Now > want.began.Now:
					if c := float64(want.concurrency) / float64(now.Now-want.began.Now); math.Abs(measured.Concurrency-c) > 1e-9 {
						t.Fatalf("step %d: concurrency is %v, want %v", step, measured.Concurrency, c)
					}
				}
				continue
			}
			ctx := context.Background()
			if len(open) > 0 && random.IntN(3) == 0 { // below another
				ctx = trace.ContextWithSpan(ctx, open[random.IntN(len(open))])
			}
			inside := trace.SpanContextFromContext(ctx).IsValid()
			_, span := tracer.Start(ctx, "span")
			open = append(open, span)
			model.read(now)
			if !inside {
				model.all[span.SpanContext().SpanID()] = &modelOperation{began: now}
			}
			if got := len(hook.Running()); got != len(model.all) {
				t.Fatalf("step %d: %d operations run, want %d", step, got, len(model.all))
			}
		}
	})
}

// Whoever interleaves: what all operations share is what the heap grew, no byte more,
// and none is in flight in the end, forgotten ones neither.
func TestSharesAddUpHoweverSpansInterleave(t *testing.T) {
	seeded.Each(t, 6, func(t *testing.T, random *rand.Rand) {
		var clock, heap, shared atomic.Int64
		var reading sync.Mutex
		read := func() Reading {
			reading.Lock()
			defer reading.Unlock()
			at := time.Duration(clock.Add(1))
			return Reading{Now: at, Taken: at, HeapObjects: heap.Load()}
		}
		hook := New(read, WithSink(func(g *Growth) { shared.Add(g.Share) }))
		tracer := sdktrace.NewTracerProvider(sdktrace.WithSpanProcessor(hook.Processor(nil))).Tracer("model")
		_, whole := tracer.Start(t.Context(), "as long as all others")
		const workers, spans = 8, 1000
		var all sync.WaitGroup
		for range workers {
			seed := random.Uint64()
			all.Go(func() {
				random := rand.New(rand.NewPCG(seed, 1))
				var open []trace.Span
				for range spans {
					heap.Add(random.Int64N(1<<20) - 1<<18)
					_, span := tracer.Start(t.Context(), "op")
					open = append(open, span)
					for len(open) > 0 && random.IntN(3) == 0 {
						i := random.IntN(len(open))
						open[i].End()
						open = append(open[:i], open[i+1:]...)
					}
				}
				for _, span := range open {
					span.End()
				}
			})
		}
		all.Wait()
		whole.End()
		const rounding = workers*spans + 1 // half a byte each, and more
		if got, want := shared.Load(), heap.Load(); got < want-rounding || got > want+rounding {
			t.Errorf("shares are %d in all, want %d", got, want)
		}
		if hook.fairShare.inFlight != 0 {
			t.Errorf("%d operations in flight in the end", hook.fairShare.inFlight)
		}
	})
}

// The table gives way where it is full; what it forgets is in flight no longer.
func TestOperationsInFlightAreThoseOfTheTable(t *testing.T) {
	seeded.Each(t, 10, func(t *testing.T, random *rand.Rand) {
		now := Reading{Now: 1, Taken: 1}
		hook := New(func() Reading { return now }, WithMaxInFlight(64), WithMaxAge(time.Minute))
		processors := []sdktrace.SpanProcessor{hook.Processor(nil)}
		if random.IntN(2) == 0 {
			processors = append(processors, hook.Processor(nil))
		}
		tracer := sdktrace.NewTracerProvider().Tracer("model")
		var open []trace.Span
		for step := range 5000 {
			now.Now += time.Duration(random.IntN(1000)) * time.Millisecond
			now.Taken = now.Now
			p := processors[random.IntN(len(processors))]
			if len(open) == 0 || random.IntN(2) == 0 {
				_, span := tracer.Start(t.Context(), "op")
				open = append(open, span)
				p.OnStart(t.Context(), span.(sdktrace.ReadWriteSpan))
				if random.IntN(10) == 0 { // the same id again
					p.OnStart(t.Context(), span.(sdktrace.ReadWriteSpan))
				}
			} else { // it may be ended already, and heard of by one of them, both or none
				span := open[max(0, len(open)-1-random.IntN(100))]
				span.End()
				if random.IntN(3) > 0 {
					p.OnEnd(span.(sdktrace.ReadOnlySpan))
				}
			}
			var roots int64
			hook.inFlight.each(func(e *entry) { roots += e.weight() })
			if hook.fairShare.inFlight != roots {
				t.Fatalf("step %d: %d operations share, %d are in the table", step, hook.fairShare.inFlight, roots)
			}
		}
	})
}
