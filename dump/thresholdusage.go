package dump

import (
	"runtime/metrics"

	"github.com/otelmem/otelmem-go/internal/memstat"
)

// usage is the number of bytes that is compared with shares of the limit: what the
// limit's source says that is used, by all who share it; else what the process uses
// itself.
//
// With GOGC=off and GOMEMLIMIT the heap always grows up to the limit. There, usage
// is what was live after the last GC cycle, stacks, and memory outside Go. Of what
// counts against GOMEMLIMIT, memory that files back is no part.
func usage(m Memory, limit Limit, gcOff bool) int64 {
	switch {
	case limit.Source == memstat.SourceRuntime && gcOff:
		return m.Live + m.Stacks + m.External
	case limit.Source == memstat.SourceRuntime && m.RSS > m.FileBacked:
		return m.RSS - m.FileBacked
	case limit.Used > 0:
		return limit.Used
	}
	return ownUsage(m)
}

// ownUsage is the number of bytes that is compared with sizes: the resident set or,
// where it cannot be read, what the Go runtime has from the system.
func ownUsage(m Memory) int64 {
	if m.RSS == 0 {
		return m.GoResident
	}
	return m.RSS
}

// gcOff says whether GOGC is off: the runtime reports that as the largest number.
func gcOff() bool {
	sample := []metrics.Sample{{Name: "/gc/gogc:percent"}}
	metrics.Read(sample)
	return sample[0].Value.Kind() == metrics.KindUint64 && sample[0].Value.Uint64() > 1<<31
}
