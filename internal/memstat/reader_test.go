package memstat

import (
	"math"
	"runtime"
	"runtime/debug"
	"sync"
	"testing"
	"time"

	"github.com/otelmem/otelmem-go/internal/race"
)

var sink [][]byte

func newTestReader(tb testing.TB, resolution time.Duration) *Reader {
	tb.Helper()
	r, err := NewReader(resolution)
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() {
		if err := r.Close(); err != nil {
			tb.Error(err)
		}
	})
	return r
}

func TestSnapshotSeesAllocation(t *testing.T) {
	r := newTestReader(t, 0)
	debug.FreeOSMemory() // what other tests left would hide the growth
	before := r.Fresh()
	block := make([]byte, 64<<20)
	for i := 0; i < len(block); i += 4096 {
		block[i] = 1
	}
	after := r.Fresh()
	runtime.KeepAlive(block)
	for name, grew := range map[string]int64{
		"heap objects": after.HeapObjects - before.HeapObjects,
		"allocated":    after.Allocated - before.Allocated,
		"rss":          after.RSS - before.RSS,
	} {
		if name == "rss" && race.Enabled {
			continue
		}
		if math.Abs(float64(grew-64<<20)) > 0.1*(64<<20) {
			t.Errorf("%s grew by %d bytes, want 64 MiB within 10 %%", name, grew)
		}
	}
	if after.Goroutines < 1 || after.GoResident < 64<<20 || after.Stacks == 0 {
		t.Errorf("implausible figures: %+v", after)
	}
}

// Sequential short operations that each keep something must be seen to grow,
// although each is far shorter than any fixed resolution.
func TestQuietServiceReadsFreshAtEachStartAndEnd(t *testing.T) {
	r := newTestReader(t, 0)
	const operations, keep = 1000, 100 << 10
	var sum int64
	for range operations {
		start := r.Reading()
		started := time.Now()
		sink = append(sink, make([]byte, keep))
		for time.Since(started) < 200*time.Microsecond {
			runtime.Gosched()
		}
		sum += r.Reading().Allocated - start.Allocated
	}
	sink = nil
	if want := float64(operations * keep); math.Abs(float64(sum)-want) > want/10 {
		t.Errorf("%d operations that allocate %d bytes each: saw %d, want %.0f within 10 %%", operations, keep, sum, want)
	}
}

func TestResolutionSpacesReads(t *testing.T) {
	r := newTestReader(t, time.Hour)
	first := r.Reading()
	for range 1000 {
		got := r.Reading()
		if got.Now = first.Now; got != first {
			t.Fatalf("read again within an hour:\n%+v\n%+v", got, first)
		}
	}
	if fresh := r.Fresh(); fresh.Time.Sub(r.base) <= first.Taken {
		t.Error("Fresh did not read")
	}
}

func TestReadingNeverWaitsForAReader(t *testing.T) {
	r := newTestReader(t, 0)
	r.mu.Lock() // as if another caller were in the middle of its read
	defer r.mu.Unlock()
	want := r.published.load()
	for range 100 {
		got := r.Reading()
		if want.Now = got.Now; got != want {
			t.Fatalf("got %+v, want the last published %+v", got, want)
		}
	}
}

// Every published reading has all fields equal: a torn one is seen at once.
func TestPublishedReadingsAreWhole(t *testing.T) {
	var p published
	publish := func(v int64) {
		p.store(&Reading{Taken: time.Duration(v), HeapObjects: v, Allocated: v, GCCycles: v, RSS: v, External: v})
	}
	publish(1)
	var readers sync.WaitGroup
	stop := make(chan struct{})
	for range 4 {
		readers.Go(func() {
			for last := int64(0); ; {
				select {
				case <-stop:
					return
				default:
				}
				m := p.load()
				if m.HeapObjects != m.External || m.HeapObjects != int64(m.Taken) || m.HeapObjects < last {
					t.Errorf("torn or stale reading after %d: %+v", last, m)
					return
				}
				last = m.HeapObjects
			}
		})
	}
	for v := range int64(50_000) {
		publish(v + 2)
	}
	close(stop)
	readers.Wait()
}

func TestReadingAllocatesNothing(t *testing.T) {
	r := newTestReader(t, 0)
	if n := testing.AllocsPerRun(1000, func() { r.Reading() }); n != 0 {
		t.Errorf("Reading allocates %v times, want 0", n)
	}
	if n := testing.AllocsPerRun(1000, func() { r.Fresh() }); n != 0 {
		t.Errorf("Fresh allocates %v times, want 0", n)
	}
}

func TestClosedReaderKeepsLastRSS(t *testing.T) {
	r, err := NewReader(0)
	if err != nil {
		t.Fatal(err)
	}
	want := r.Fresh().RSS
	if err := r.Close(); err != nil {
		t.Fatal(err)
	}
	if err := r.Close(); err != nil {
		t.Errorf("second Close: %v", err)
	}
	if got := r.Fresh(); got.RSS != want || got.HeapObjects == 0 {
		t.Errorf("after Close: %+v, want RSS %d and a heap", got, want)
	}
}

func BenchmarkReading(b *testing.B) {
	r := newTestReader(b, 0)
	b.ReportAllocs()
	for b.Loop() {
		r.Reading()
	}
}

func BenchmarkReadingParallel(b *testing.B) {
	r := newTestReader(b, 0)
	b.RunParallel(func(pb *testing.PB) {
		for pb.Next() {
			r.Reading()
		}
	})
}

func BenchmarkFresh(b *testing.B) {
	r := newTestReader(b, 0)
	b.ReportAllocs()
	for b.Loop() {
		r.Fresh()
	}
}
