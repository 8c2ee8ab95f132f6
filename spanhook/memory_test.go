package spanhook_test

import (
	"runtime"
	"sync"
	"testing"
	"time"

	"github.com/otelmem/otelmem-go/internal/memstat"
	"github.com/otelmem/otelmem-go/spanhook"
)

// readingOf is what package otelmem gives to New.
func readingOf(reader *memstat.Reader) func() spanhook.Reading {
	return func() spanhook.Reading { return spanhook.Reading(reader.Reading()) }
}

// The identity holds under any schedule, with stale readings too: whatever the heap
// grew by between the first reading and the last is divided among the spans, to a
// byte each for rounding. One operation is in flight throughout, since growth while
// none is in flight belongs to no span. It ends last and alone, so its last reading
// is a fresh one.
func TestSharesAddUpToTheHeapsGrowth(t *testing.T) {
	reader, err := memstat.NewReader(time.Nanosecond)
	if err != nil {
		t.Fatal(err)
	}
	defer reader.Close()
	var mu sync.Mutex
	var sum int64
	var first, last spanhook.Reading
	read := func() spanhook.Reading {
		r := spanhook.Reading(reader.Reading())
		mu.Lock()
		defer mu.Unlock()
		if first.Taken == 0 {
			first = r
		}
		if r.Taken > last.Taken {
			last = r
		}
		return r
	}
	tracer := newTracer(spanhook.New(read, spanhook.WithSink(func(g *spanhook.Growth) {
		mu.Lock()
		defer mu.Unlock()
		sum += g.Share
	})))
	const workers, spans, size = 32, 300, 12 << 10
	kept := make([][][]byte, workers)
	runtime.GC()
	_, throughout := tracer.Start(t.Context(), "throughout")
	var running sync.WaitGroup
	for w := range kept {
		running.Go(func() {
			for range spans {
				_, span := tracer.Start(t.Context(), "op")
				kept[w] = append(kept[w], make([]byte, size))
				runtime.Gosched() // so that many are in flight, on few processors too
				span.End()
			}
		})
	}
	running.Wait()
	throughout.End()
	runtime.KeepAlive(kept)

	grew := last.HeapObjects - first.HeapObjects
	if diff := sum - grew; diff > workers*spans || diff < -workers*spans {
		t.Errorf("shares add up to %d, the heap grew by %d: off by %d, want at most a byte a span", sum, grew, diff)
	}
	if want := int64(workers * spans * size); grew < want/10*9 {
		t.Errorf("the heap grew by %d while %d bytes were kept: the readings say nothing", grew, want)
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
	hook := spanhook.New(readingOf(reader), spanhook.WithSink(func(g *spanhook.Growth) { sum += g.Heap }))
	tracer := newTracer(hook)
	const spans, keep = 1000, 100 << 10
	kept := make([][]byte, 0, spans)
	runtime.GC()
	for range spans {
		started := time.Now()
		_, span := tracer.Start(t.Context(), "op")
		kept = append(kept, make([]byte, keep))
		for time.Since(started) < 200*time.Microsecond {
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
