package heapprofile

import (
	"errors"
	"runtime"
	"sync/atomic"
	"time"

	"github.com/otelmem/otelmem-go/internal/heaptag"
)

// Profile is one reading of the heap profile.
type Profile struct {
	Time time.Time
	// Tagged is by tag. For what no tag covers, Learned is by the operation that
	// owns the innermost owned function, and Code, for the rest, by the application's
	// outermost function.
	Tagged  map[heaptag.ID]*Account
	Learned map[string]*Account
	Code    map[string]*Account
	// TooDeep is what no tag covers as far as the stack is known.
	TooDeep Account
	// Took is the time of the reading.
	Took time.Duration
}

// ErrNoProfile is returned where the program has switched the profile off.
var ErrNoProfile = errors.New("no heap profile: runtime.MemProfileRate or GODEBUG=profstackdepth is 0")

// needsFull says that a stack did not fit the runtime's records. The runtime
// keeps stacks for ever, so that it will never fit: no need to try again.
var needsFull atomic.Bool

// Read reads the heap profile, as it is: it forces no GC. Its cost grows with
// the number of distinct stacks; call it once a report. owners may be nil.
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
	all := make(sums)
	if needsFull.Load() || !all.addRecords(newFrames(byAddress, owners), rate, depth) {
		// Some stack fills its record without a tag: the full profile, which
		// costs some times as much, knows more of it.
		needsFull.Store(true)
		clear(all)
		if err := all.addFullProfile(owners, rate, depth); err != nil {
			return nil, err
		}
	}
	p := &Profile{Time: start, Tagged: make(map[heaptag.ID]*Account), Learned: make(map[string]*Account), Code: make(map[string]*Account)}
	for key, s := range all {
		a := s.account()
		switch {
		case key.deep:
			p.TooDeep = a
		case key.id != 0:
			p.Tagged[key.id] = &a
		case key.owner != "":
			p.Learned[key.owner] = &a
		default:
			p.Code[key.root] = &a
		}
	}
	p.Took = time.Since(start)
	return p, nil
}
