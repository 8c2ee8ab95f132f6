package spanhook_test

import (
	"runtime"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/trace"

	"github.com/otelmem/otelmem-go/internal/memstat"
	"github.com/otelmem/otelmem-go/spanhook"
)

func newTracer(hook *spanhook.Hook) trace.Tracer {
	return sdktrace.NewTracerProvider(sdktrace.WithSpanProcessor(hook.Processor(nil))).Tracer("test")
}

func TestSpansThatNeverEndAreBounded(t *testing.T) {
	const bound, spans = 1000, 20_000
	hook := spanhook.New(newClockwork().read, spanhook.WithMaxInFlight(bound))
	tracer := newTracer(hook)
	for range spans {
		tracer.Start(t.Context(), "never ends")
	}
	stats := hook.Stats()
	if stats.InFlight > bound*5/4 || stats.InFlight < bound/2 {
		t.Errorf("%d in flight, want about %d and at most a quarter more", stats.InFlight, bound)
	}
	if got := stats.Untracked + int64(stats.InFlight); got != spans {
		t.Errorf("%d pushed out and in flight, want %d", got, spans)
	}
	if stats.Bytes > bound*2*500 {
		t.Errorf("table holds %d bytes for a bound of %d", stats.Bytes, bound)
	}
	// The table heals: a new span is tracked at once, alone in its share.
	_, span := tracer.Start(t.Context(), "new")
	span.End()
}

func TestEndedSpansLeaveNothing(t *testing.T) {
	hook := spanhook.New(newClockwork().read, spanhook.WithMaxInFlight(1000))
	tracer := newTracer(hook)
	for range 20_000 {
		_, span := tracer.Start(t.Context(), "ends")
		span.End()
	}
	stats := hook.Stats()
	if stats.InFlight != 0 || stats.Untracked != 0 {
		t.Errorf("%+v, want none in flight and none untracked", stats)
	}
	if stats.Bytes > 64<<10 {
		t.Errorf("table holds %d bytes after one span at a time", stats.Bytes)
	}
}

func TestOldSpansAreForgotten(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		hook := spanhook.New(newClockwork().read, spanhook.WithMaxAge(time.Minute))
		tracer := newTracer(hook)
		for range 3200 {
			tracer.Start(t.Context(), "never ends")
		}
		time.Sleep(2 * time.Minute)
		for range 3200 { // every shard gets new ones
			_, span := tracer.Start(t.Context(), "ends")
			span.End()
		}
		if stats := hook.Stats(); stats.InFlight != 0 || stats.Untracked != 3200 {
			t.Errorf("%+v, want the 3200 old ones forgotten", stats)
		}
	})
}

// A forgotten operation must not dilute the shares of those that follow.
func TestForgottenSpansNoLongerShare(t *testing.T) {
	process := newClockwork()
	var last *spanhook.Growth
	hook := spanhook.New(process.read, spanhook.WithMaxInFlight(1), spanhook.WithSink(func(g *spanhook.Growth) { last = g }))
	tracer := newTracer(hook)
	for range 1000 {
		tracer.Start(t.Context(), "never ends")
	}
	_, span := tracer.Start(t.Context(), "op")
	process.grow(32_000, 0)
	span.End()
	if last.Share < 1000 {
		t.Errorf("share is %d of 32,000 with at most 32 in flight, want at least 1000", last.Share)
	}
}

func TestSharesAddUpToTheHeapsGrowth(t *testing.T) {
	reader, err := memstat.NewReader(0)
	if err != nil {
		t.Fatal(err)
	}
	defer reader.Close()
	var mu sync.Mutex
	var sum int64
	hook := spanhook.New(reader.Mark, spanhook.WithSink(func(g *spanhook.Growth) {
		mu.Lock()
		defer mu.Unlock()
		sum += g.Share
	}))
	tracer := newTracer(hook)
	kept := make([][][]byte, 32)
	runtime.GC()
	before := reader.Fresh()
	var workers sync.WaitGroup
	for w := range kept {
		workers.Go(func() {
			for i := range 10_000 / len(kept) {
				_, span := tracer.Start(t.Context(), "op")
				kept[w] = append(kept[w], make([]byte, 8<<10+i%7*1024))
				runtime.Gosched() // so that all 32 are in flight, on few processors too
				span.End()
			}
		})
	}
	workers.Wait()
	after := reader.Fresh()
	runtime.KeepAlive(kept)
	grew := after.HeapObjects - before.HeapObjects
	if diff := sum - grew; diff > grew/20 || diff < -grew/20 {
		t.Errorf("shares add up to %d, the heap grew by %d: off by %.1f %%, want at most 5", sum, grew, 100*float64(diff)/float64(grew))
	}
	t.Logf("shares %d, growth %d: %.2f %%", sum, grew, 100*float64(sum-grew)/float64(grew))
}

func TestConcurrentUse(t *testing.T) {
	process := newClockwork()
	hook := spanhook.New(process.read, spanhook.WithMaxInFlight(64))
	tracer := newTracer(hook)
	var workers sync.WaitGroup
	for range 8 {
		workers.Go(func() {
			for i := range 2000 {
				ctx, parent := tracer.Start(t.Context(), "parent")
				_, child := tracer.Start(ctx, "child")
				process.grow(10, 1)
				if i%10 == 0 {
					hook.Running()
					hook.Stats()
				}
				child.End()
				if i%3 != 0 {
					parent.End()
				}
			}
		})
	}
	workers.Wait()
	if stats := hook.Stats(); stats.InFlight > 96 {
		t.Errorf("%d in flight, want at most 96", stats.InFlight)
	}
}

// Sequential operations far shorter than any fixed resolution, on a quiet
// service: each keeps 100 KiB, and each is seen to.
func TestShortSpansOfAQuietServiceAreSeenToGrow(t *testing.T) {
	reader, err := memstat.NewReader(0)
	if err != nil {
		t.Fatal(err)
	}
	defer reader.Close()
	var sum int64
	hook := spanhook.New(reader.Mark, spanhook.WithSink(func(g *spanhook.Growth) { sum += g.Heap }))
	tracer := newTracer(hook)
	const spans, keep = 1000, 100 << 10
	kept := make([][]byte, 0, spans)
	runtime.GC()
	for range spans {
		began := time.Now()
		_, span := tracer.Start(t.Context(), "op")
		kept = append(kept, make([]byte, keep))
		for time.Since(began) < 200*time.Microsecond {
			runtime.Gosched()
		}
		span.End()
	}
	runtime.KeepAlive(kept)
	if diff := sum - spans*keep; diff > spans*keep/10 || diff < -spans*keep/10 {
		t.Errorf("%d spans that keep %d bytes each grew by %d in all, want %d within 10 %%", spans, keep, sum, spans*keep)
	}
	t.Logf("grew by %d of %d", sum, spans*keep)
}
