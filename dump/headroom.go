package dump

import (
	"fmt"
	"runtime"

	"github.com/otelmem/otelmem-go/internal/textfmt"
)

// What writing a profile costs, in bytes, by its number of stacks. 25,000 stacks
// took 13 MB of memory and a 1.3 MB file (BenchmarkWrite); the rest is a margin.
const (
	memoryBase     = 4 * textfmt.MiB
	memoryPerStack = 600
	diskBase       = 1 * textfmt.MiB
	diskPerStack   = 60
)

// labelMemory is what adding labels may cost, in bytes. At 25,000 stacks it
// allocates 1.4 MB (BenchmarkManyStacks of the heap tags); the rest is for gzip and
// a margin.
const labelMemory = 24 * textfmt.MiB

// profileStacks is the number of distinct stacks in the heap profile.
func profileStacks() int64 {
	n, _ := runtime.MemProfile(nil, true)
	return int64(n)
}

// memoryShortage says why there is not enough memory left below the hard limit to
// write a profile now; empty if there is enough. own is what the process uses.
func memoryShortage(own int64, limit Limit, stacks int64) string {
	needed := memoryBase + stacks*memoryPerStack
	if left := limit.withHard().room(own); left < needed {
		return fmt.Sprintf("writing it takes about %s of memory and %s are left below the limit",
			textfmt.Size(needed), textfmt.Size(max(0, left)))
	}
	return ""
}

// diskShortage says why there is not enough space on disk; empty if there is enough, or
// if it is not known how much is free.
func diskShortage(free int64, known bool, stacks int64) string {
	if needed := diskBase + stacks*diskPerStack; known && free < needed {
		return fmt.Sprintf("it takes about %s on disk and %s are free", textfmt.Size(needed), textfmt.Size(free))
	}
	return ""
}

// headroomToLabel says whether there is enough headroom to label a profile now. It
// asks for twice the cost: the profile is on disk already, and labels can be added
// later.
func headroomToLabel(own int64, limit Limit) bool {
	return limit.withHard().room(own) > 2*labelMemory
}
