package spanhook

import (
	"encoding/binary"
	"math"
	"math/bits"
	"sync/atomic"

	"go.opentelemetry.io/otel/trace"
)

// headSampling finds out whether a sampler in front drops spans, by the trace ids of
// those that arrive. Samplers by ratio keep ids below a bound in their last eight bytes
// (the SDK's), or above one in their last seven (consistent probability sampling, W3C
// trace context level 2). Where half of all values of the last byte were seen, so that
// there were as many traces, and no id lies in the upper or the lower eighth, that is
// no chance: it would happen once in 10 million services. The zero value is ready; it
// is safe for concurrent use.
type headSampling struct {
	decided   atomic.Bool
	found     atomic.Bool
	lastBytes [4]atomic.Uint64 // a bit for each value
	first     atomic.Uint64    // the last eight bytes of the first id
	vary      atomic.Bool      // not only in the last four bytes: ids that count say nothing
	largest   atomic.Uint64    // of the last eight bytes
	above     atomic.Uint64    // of the last seven bytes, the largest complement
}

// enoughTraces is how many values of an id's last byte must have been seen.
const enoughTraces = 128

// saw takes in the trace of a local root. It says, once, that spans are dropped.
func (h *headSampling) saw(id trace.TraceID) (dropped bool) {
	if h.decided.Load() {
		return false
	}
	const lastSeven = math.MaxUint64 >> 8
	n := binary.BigEndian.Uint64(id[8:])
	atLeast(&h.largest, n)
	atLeast(&h.above, ^n&lastSeven)
	if !h.first.CompareAndSwap(0, n) && h.first.Load()>>32 != n>>32 {
		h.vary.Store(true)
	}
	h.lastBytes[n>>6&3].Or(1 << (n & 63))
	seen := 0
	for i := range h.lastBytes {
		seen += bits.OnesCount64(h.lastBytes[i].Load())
	}
	if seen < enoughTraces || h.decided.Swap(true) {
		return false
	}
	belowABound := h.largest.Load() < math.MaxUint64/8*7
	aboveABound := h.above.Load() < lastSeven/8*7
	h.found.Store(h.vary.Load() && (belowABound || aboveABound))
	return h.found.Load()
}

// atLeast raises a to n.
func atLeast(a *atomic.Uint64, n uint64) {
	for {
		old := a.Load()
		if n <= old || a.CompareAndSwap(old, n) {
			return
		}
	}
}
