package heapprofile

import (
	"errors"
	"runtime"
	"sync/atomic"
	"time"

	"github.com/otelmem/otelmem-go/internal/appframe"
	"github.com/otelmem/otelmem-go/internal/heaptag"
)

// Profile is one reading of the heap profile.
type Profile struct {
	// Time is when the reading began, Took how long it lasted.
	Time time.Time
	Took time.Duration
	// Tagged is the usage of each tag, Labelled that of the operations that a profile of
	// another process has in its labels. Stacks without either are in Learned, by the
	// operation that owns their innermost owned function, else in Code, by the
	// function that the operation begins with: the application's outermost below
	// servers and wrappers, else a dependency's; "" without either.
	Tagged   map[heaptag.ID]*Usage
	Labelled map[Owner]*Usage
	Learned  map[string]*Usage
	Code     map[string]*Usage
	// Lines is the usage of the application's lines nearest to an allocation, of all
	// tags, operations and code together.
	Lines map[appframe.Site]*Usage
	// TooDeep is the usage of stacks that have no tag as far as they are known and
	// may go on.
	TooDeep Usage
}

// ErrNoProfile is returned where the program has switched heap profiling off.
var ErrNoProfile = errors.New("no heap profile: runtime.MemProfileRate or GODEBUG=profstackdepth is 0")

// needsFull is set once a stack did not fit the runtime's records. The runtime keeps
// stacks until the process ends, so the records need not be tried again.
var needsFull atomic.Bool

// Read reads the heap profile as it is; it forces no GC. owners may be nil. Its cost
// grows with the number of distinct stacks (BenchmarkManyStacks): call it once per
// report. It is safe for concurrent use.
func Read(owners Owners) (*Profile, error) { return readBy(heaptag.ByReturnAddress, owners) }

// readBy reads the profile by the tags that addresses returns.
func readBy(addresses func() (map[uintptr]heaptag.ID, error), owners Owners) (*Profile, error) {
	byAddress, err := addresses()
	if err != nil {
		return nil, err
	}
	rate, depth := runtime.MemProfileRate, stackDepth()
	if rate <= 0 || depth == 0 {
		return nil, ErrNoProfile
	}
	start := time.Now()
	all := newSums()
	if needsFull.Load() || !all.addRecords(newFrames(byAddress, owners), rate, depth) {
		// Some stack fills its record and has no tag there. The full profile costs
		// several times as much and has more frames.
		needsFull.Store(true)
		all = newSums()
		if err := all.addFullProfile(byAddress, owners, rate, depth); err != nil {
			return nil, err
		}
	}
	p := all.profile()
	p.Time, p.Took = start, time.Since(start)
	return p, nil
}
