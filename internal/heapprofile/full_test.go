package heapprofile

import (
	"math"
	"testing"

	"github.com/otelmem/otelmem-go/internal/pprofwire"
)

// runtime/pprof writes whole objects, so that one sampled object near the rate
// looks much larger than it is; its label says how large.
func TestBothWaysOfReadingStateTheSameError(t *testing.T) {
	const rate = 512 << 10
	for _, size := range []int64{64, 64 << 10, rate, 2 * rate} {
		for _, n := range []int64{1, 2, 5} {
			estimated, want := estimate(n, n*size, rate)
			objects := uint64(float64(n) / -math.Expm1(-float64(size)/rate))
			var sample []byte
			for _, v := range []uint64{objects, uint64(estimated), objects, uint64(estimated)} {
				sample = pprofwire.AppendNumber(sample, pprofwire.SampleValue, v)
			}
			sample = pprofwire.AppendBytes(sample, pprofwire.SampleLabel, pprofwire.AppendNumber(nil, pprofwire.LabelNum, uint64(size)))
			all := newSums()
			if err := all.addSample(sample, &samples{values: inOrder, depth: 128, rate: rate}); err != nil {
				t.Fatal(err)
			}
			for _, s := range all.code {
				if math.Abs(math.Sqrt(s.variance/want)-1) > 0.01 {
					t.Errorf("%d objects of %d bytes: standard error %.0f, want %.0f", n, size, math.Sqrt(s.variance), math.Sqrt(want))
				}
			}
		}
	}
}
