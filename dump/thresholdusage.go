package dump

import (
	"runtime/metrics"

	"github.com/otelmem/otelmem-go/internal/memstat"
)

// usage is the number of bytes that is compared with the thresholds: the resident
// set or, where it cannot be read, what the Go runtime has from the system.
//
// With GOGC=off and GOMEMLIMIT the heap always grows up to the limit. There, usage
// is what was live after the last GC cycle, stacks, and memory outside Go.
func usage(m Memory, limit Limit, gcOff bool) int64 {
	switch {
	case gcOff && limit.Source == memstat.SourceRuntime:
		return m.Live + m.Stacks + m.External
	case m.RSS == 0:
		return m.GoResident
	default:
		return m.RSS
	}
}

// gcOff says whether GOGC is off: the runtime reports that as the largest number.
func gcOff() bool {
	sample := []metrics.Sample{{Name: "/gc/gogc:percent"}}
	metrics.Read(sample)
	return sample[0].Value.Kind() == metrics.KindUint64 && sample[0].Value.Uint64() > 1<<31
}
