package dump

import (
	"runtime/metrics"

	"github.com/otelmem/otelmem-go/internal/memstat"
)

// usage is what is compared with the ladder, in bytes: the resident set. Where
// it cannot be read, it is what the Go runtime holds.
//
// With GOGC=off and GOMEMLIMIT the heap always grows up to the limit, so there
// it is what is live after GC, stacks, and what lies outside Go.
func usage(s memstat.Snapshot, limit memstat.Limit, gcOff bool) int64 {
	switch {
	case gcOff && limit.Source == memstat.SourceRuntime:
		return s.Live + s.Stacks + s.External
	case s.RSS == 0:
		return s.GoResident
	default:
		return s.RSS
	}
}

// gcOff says whether GOGC is off.
func gcOff() bool {
	sample := []metrics.Sample{{Name: "/gc/gogc:percent"}}
	metrics.Read(sample)
	return sample[0].Value.Kind() == metrics.KindUint64 && sample[0].Value.Uint64() > 1<<31
}
