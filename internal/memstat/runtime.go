package memstat

import (
	"math"
	"runtime/metrics"
)

// The order of the samples in runtimeSamples.
const (
	sampleObjects = iota
	sampleAllocs
	sampleLive
	sampleCycles
	sampleTotal
	sampleReleased
	sampleStacks
	sampleGoroutines
	sampleCount
)

// runtimeSource reads the runtime's figures, all at once: eight metrics cost
// barely more than two, because the runtime computes them from one aggregate.
// It is not safe for concurrent use; it allocates nothing after the first read.
type runtimeSource struct {
	samples [sampleCount]metrics.Sample
}

func newRuntimeSource() *runtimeSource {
	s := new(runtimeSource)
	for i, name := range [sampleCount]string{
		sampleObjects:    "/memory/classes/heap/objects:bytes",
		sampleAllocs:     "/gc/heap/allocs:bytes",
		sampleLive:       "/gc/heap/live:bytes",
		sampleCycles:     "/gc/cycles/total:gc-cycles",
		sampleTotal:      "/memory/classes/total:bytes",
		sampleReleased:   "/memory/classes/heap/released:bytes",
		sampleStacks:     "/memory/classes/heap/stacks:bytes",
		sampleGoroutines: "/sched/goroutines:goroutines",
	} {
		s.samples[i].Name = name
	}
	return s
}

func (s *runtimeSource) read(snap *Snapshot) {
	metrics.Read(s.samples[:])
	snap.HeapObjects = s.value(sampleObjects)
	snap.Allocated = s.value(sampleAllocs)
	snap.Live = s.value(sampleLive)
	snap.GCCycles = s.value(sampleCycles)
	snap.GoResident = s.value(sampleTotal) - s.value(sampleReleased)
	snap.Stacks = s.value(sampleStacks)
	snap.Goroutines = s.value(sampleGoroutines)
}

// value is a metric as int64, 0 where this Go version does not have it.
func (s *runtimeSource) value(i int) int64 {
	v := s.samples[i].Value
	if v.Kind() != metrics.KindUint64 {
		return 0
	}
	return int64(min(v.Uint64(), math.MaxInt64))
}
