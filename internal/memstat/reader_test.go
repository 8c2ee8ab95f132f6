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

func TestExternalIsWhatNeitherFilesNorGoHave(t *testing.T) {
	for name, test := range map[string]struct{ rss, shared, goResident, want int64 }{
		"some is left":                 {rss: 100, shared: 20, goResident: 50, want: 30},
		"nothing is left":              {rss: 100, shared: 20, goResident: 80, want: 0},
		"Go has pages not yet touched": {rss: 100, shared: 20, goResident: 500, want: 0},
	} {
		t.Run(name, func(t *testing.T) {
			if got := External(test.rss, test.shared, test.goResident); got != test.want {
				t.Errorf("%d bytes, want %d", got, test.want)
			}
		})
	}
}

func TestMemoryReturnedToTheSystemIsNotGoResident(t *testing.T) {
	r := newTestReader(t, 0)
	block := make([]byte, 64<<20)
	held := r.Fresh().GoResident
	runtime.KeepAlive(block)
	debug.FreeOSMemory()
	if freed := held - r.Fresh().GoResident; freed < 32<<20 {
		t.Errorf("GoResident fell by %d bytes after 64 MiB were returned to the system", freed)
	}
}

// Another caller can publish after we looked at the clock.
func TestReadingIsNeverTakenAfterNow(t *testing.T) {
	r := newTestReader(t, 0)
	r.mu.Lock() // the other caller
	defer r.mu.Unlock()
	r.published.store(&Reading{Taken: time.Hour})
	if got := r.Reading(); got.Now != time.Hour || got.Taken != time.Hour {
		t.Errorf("asked for at %v, taken at %v, want both at %v", got.Now, got.Taken, time.Hour)
	}
}

func TestALoadOfASlotThatIsBeingFilledStartsOver(t *testing.T) {
	var p published
	p.store(&Reading{HeapObjects: 1})
	slot := &p.slots[p.current.Load()]
	slot.number.Store(0) // as if the writer had come round the ring
	slot.fields[fieldHeapObjects].Store(-1)
	loaded := make(chan Reading, 1)
	go func() { loaded <- p.load() }()
	for range 1000 { // a load that accepts the slot returns at once
		runtime.Gosched()
		if len(loaded) > 0 {
			break
		}
	}
	p.store(&Reading{HeapObjects: 2})
	if got := <-loaded; got.HeapObjects != 2 {
		t.Errorf("got %+v, want the next whole reading", got)
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
