package heaptag

import (
	"errors"
	"runtime"
	"sync/atomic"
	"time"

	"github.com/otelmem/otelmem-go/internal/appframe"
)

// recordFrames is how many frames a record of the runtime holds.
const recordFrames = len(runtime.StackRecord{}.Stack0)

// Profile is one reading of the heap profile.
type Profile struct {
	Time time.Time
	// Tagged is by tag. For what no tag covers, Learned is by the operation that
	// owns the innermost owned function, and Code, for the rest, by the application's
	// outermost function.
	Tagged  map[ID]*Account
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
func Read(owners Owners) (*Profile, error) {
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
	p := &Profile{Time: start, Tagged: make(map[ID]*Account), Learned: make(map[string]*Account), Code: make(map[string]*Account)}
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

// readRecords returns all records. Between asking how many there are and reading
// them there can be more.
func readRecords() []runtime.MemProfileRecord {
	n, _ := runtime.MemProfile(nil, true)
	for {
		records := make([]runtime.MemProfileRecord, n+n/8+64)
		var ok bool
		if n, ok = runtime.MemProfile(records, true); ok {
			return records[:n]
		}
	}
}

// account is the key of an account: a tag, an owner, a piece of code, or too
// deep.
type account struct {
	id    ID
	owner string
	root  string
	deep  bool
}

type sum struct {
	live, variance, allocated float64
	sites                     map[appframe.Site]float64
}

// sums are the accounts while a profile is read.
type sums map[account]*sum

// addRecords says whether all stacks are known whole or as far as a tag. It stops
// where one is not.
func (all sums) addRecords(fs *frames, rate, depth int) (whole bool) {
	records := readRecords()
	for i := range records {
		if all.addRecord(&records[i], fs, rate, depth) {
			return false
		}
	}
	return true
}

// addRecord says whether the record's stack may go on beyond its last frame
// without a tag so far.
func (all sums) addRecord(r *runtime.MemProfileRecord, fs *frames, rate, depth int) (cut bool) {
	stack := r.Stack()
	var p place
	for _, pc := range stack {
		p.add(fs.at(pc))
	}
	cut = p.id == 0 && len(stack) >= min(recordFrames, depth) && p.outermost != "runtime.goexit"
	live, variance := estimate(r.InUseObjects(), r.InUseBytes(), rate)
	allocated, _ := estimate(r.AllocObjects, r.AllocBytes, rate)
	all.add(&p, cut, live, variance, allocated)
	return cut
}

// add adds what a stack holds. deep says that its outer end is not known.
func (all sums) add(p *place, deep bool, live, variance, allocated float64) {
	key := account{id: p.id}
	switch {
	case p.id != 0:
	case deep:
		key.deep = true
	case p.owner != "":
		key.owner = p.owner
	case p.root != nil:
		key.root = p.root.Function
	}
	s := all[key]
	if s == nil {
		s = &sum{sites: make(map[appframe.Site]float64)}
		all[key] = s
	}
	s.live += live
	s.variance += variance
	s.allocated += allocated
	if live > 0 && p.site != nil {
		s.sites[*p.site] += live
	}
}
