package memstat

import (
	"errors"
	"fmt"
	"math"
	"os"
	"runtime/metrics"

	"github.com/KimMachineGun/automemlimit/memlimit"
)

// Sources of a [Limit].
const (
	SourceRuntime = "GOMEMLIMIT"
	SourceCgroup  = "cgroup"
)

// Limit is the memory limit of this process.
type Limit struct {
	// Bytes is the limit; 0 when there is none.
	Bytes int64
	// Source says where it comes from; empty when there is none.
	Source string
}

// ReadLimit returns the lower of the runtime's soft limit (GOMEMLIMIT or
// debug.SetMemoryLimit) and the cgroup's hard limit (v2, the lowest on the way
// to the root, or v1). An error says that the cgroup's limit cannot be read;
// the runtime's is returned all the same.
func ReadLimit() (Limit, error) {
	cgroup, err := memlimit.FromCgroup()
	switch {
	case errors.Is(err, memlimit.ErrNoLimit), errors.Is(err, memlimit.ErrNoCgroup),
		errors.Is(err, memlimit.ErrCgroupsNotSupported), errors.Is(err, os.ErrNotExist):
		cgroup, err = 0, nil
	case err != nil:
		cgroup, err = 0, fmt.Errorf("read the cgroup's memory limit: %w", err)
	}
	return lowerLimit(runtimeLimit(), cgroup), err
}

// lowerLimit picks the lower of two limits, either of which may be unset: 0, or
// too large for any machine.
func lowerLimit(runtime, cgroup uint64) Limit {
	const unset = math.MaxInt64 / 2
	limit := Limit{}
	if runtime > 0 && runtime < unset {
		limit = Limit{Bytes: int64(runtime), Source: SourceRuntime}
	}
	if cgroup > 0 && cgroup < unset && (limit.Bytes == 0 || int64(cgroup) < limit.Bytes) {
		limit = Limit{Bytes: int64(cgroup), Source: SourceCgroup}
	}
	return limit
}

func runtimeLimit() uint64 {
	sample := []metrics.Sample{{Name: "/gc/gomemlimit:bytes"}}
	metrics.Read(sample)
	if sample[0].Value.Kind() != metrics.KindUint64 {
		return 0
	}
	return sample[0].Value.Uint64()
}
