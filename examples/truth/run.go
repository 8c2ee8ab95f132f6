package main

import (
	"context"
	"fmt"
	"os"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	sdktrace "go.opentelemetry.io/otel/sdk/trace"

	"github.com/otelmem/otelmem-go/otelmem"
	"github.com/otelmem/otelmem-go/otelmem/report"
)

// tooDeep is how the name begins that a report has for what lies too deep below its
// tag.
const tooDeep = "untagged: stack too deep"

// result is what one run found about each operation. Bytes.
type result struct {
	rows []row
	// deep is what is reported as too deep.
	deep figure
}

type figure struct{ live, err int64 }

type row struct {
	name, holder      string
	truth             int64
	difference, share int64
	profile           figure
}

// run plants the leaks of one seed, measures, and takes them away again.
func run(ctx context.Context, seed uint64, goroutines, depth int) (_ *result, err error) {
	dir, err := os.MkdirTemp("", "truth")
	if err != nil {
		return nil, fmt.Errorf("make the folder for heap profiles: %w", err)
	}
	defer func() { _ = os.RemoveAll(dir) }()
	// A report reads the heap profile itself as long as no interval has passed.
	mem, err := otelmem.New(otelmem.WithEnabled(true), otelmem.WithLogFile("none"), otelmem.WithDumpDir(dir),
		otelmem.WithReportInterval(time.Hour))
	if err != nil {
		return nil, err
	}
	sums := newTally()
	tp := sdktrace.NewTracerProvider(sdktrace.WithSpanProcessor(mem.SpanProcessor(sums)))
	if err := mem.Start(ctx, tp, nil); err != nil {
		return nil, err
	}
	defer func() { _ = mem.Shutdown(ctx) }()
	defer func() { _ = tp.Shutdown(ctx) }()

	calls := plan(seed, depth)
	holders := make([]holder, len(holderKinds))
	for i, kind := range holderKinds {
		holders[i] = kind.make(callsEach)
	}
	defer func() {
		for _, h := range holders {
			h.release()
		}
		settle()
	}()
	settle()
	before := heapInUse()
	var truth [len(names)]atomic.Int64
	tracer := tp.Tracer("truth")
	queue := make(chan int, len(calls))
	for i := range calls {
		queue <- i
	}
	close(queue)
	var work sync.WaitGroup
	for range goroutines {
		work.Go(func() {
			for i := range queue {
				c := calls[i]
				calls[i] = nil
				ctx, span := tracer.Start(ctx, names[c.operation])
				otelmem.Do(ctx, names[c.operation], func(context.Context) {
					truth[c.operation].Add(c.do(i, holders))
				})
				time.Sleep(time.Millisecond) // as for a database: others run meanwhile
				span.End()
			}
		})
	}
	work.Wait()
	settle()
	said, err := mem.Report(ctx)
	if err != nil {
		return nil, err
	}
	r := newResult(said, sums)
	for i := range r.rows {
		r.rows[i].truth = truth[i].Load()
	}
	// The truth is what was meant to be held: the heap must hold it, too.
	if held := heapInUse() - before; held < r.total()-tolerance {
		return nil, fmt.Errorf("seed %d: the heap grew by %s MiB, but %s MiB should be held", seed, inMiB(held), inMiB(r.total()))
	}
	return r, nil
}

// do is the operation. It returns the bytes that it retains.
func (c *call) do(id int, holders []holder) int64 {
	for i, size := range c.sizes {
		c.batch[i] = allocate(c.depth, size)
	}
	if c.operation >= len(holders) {
		return 0
	}
	retained := holders[c.operation].hold(id, c.batch)
	for _, size := range c.sizes {
		retained += int64(size)
	}
	return retained
}

// allocate is the one helper that allocates for all operations, below depth
// frames.
//
//go:noinline
func allocate(depth, size int) []byte {
	if depth <= 1 {
		return make([]byte, size)
	}
	return allocate(depth-1, size)
}

// settle collects garbage until the heap profile shows what is live now. This is
// the benchmark's own choice: otelmem never does it.
func settle() {
	for range 3 {
		runtime.GC()
	}
}

// tolerance is what the plan itself may free while it is worked off, in bytes.
const tolerance = 3 * mib

func heapInUse() int64 {
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return int64(m.HeapAlloc)
}

func newResult(said *report.Report, sums *tally) *result {
	r := &result{}
	profile := make(map[string]figure)
	for _, o := range said.Operations {
		switch of := (figure{o.Live, o.LiveError}); {
		case o.By == report.ByTag:
			profile[o.Name] = of
		case strings.HasPrefix(o.Name, tooDeep):
			r.deep = of
		}
	}
	for i, name := range names {
		s := sums.of(name)
		line := row{name: name, holder: "-", difference: s.difference, share: s.share, profile: profile[name]}
		if i < len(holderKinds) {
			line.holder = holderKinds[i].name
		}
		r.rows = append(r.rows, line)
	}
	return r
}
