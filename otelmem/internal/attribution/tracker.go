package attribution

import (
	"cmp"
	"errors"
	"maps"
	"slices"
	"sync"
	"time"

	"github.com/otelmem/otelmem-go/internal/goroutines"
	"github.com/otelmem/otelmem-go/internal/heapprofile"
	"github.com/otelmem/otelmem-go/internal/heaptag"
	"github.com/otelmem/otelmem-go/internal/learn"
	"github.com/otelmem/otelmem-go/internal/memstat"
	"github.com/otelmem/otelmem-go/internal/verdict"
	"github.com/otelmem/otelmem-go/otelmem/report"
)

// Names of what belongs to no operation.
const (
	// Untagged is the category of what no tag covers.
	Untagged = "untagged"
	// noApplication is the name of what was allocated without application code on
	// the stack.
	noApplication = "runtime and libraries"
)

// tooDeep is the name of what no tag covers as far as the stack is known. It says
// what to set.
var tooDeep = "untagged: stack too deep (" + heapprofile.Deeper() + ")"

// maxFollowed bounds the operations and functions whose series are kept.
const maxFollowed = 1200

// Tracker follows what operations hold. The zero value is ready; it is safe for
// concurrent use.
type Tracker struct {
	learner learn.Learner
	reader  heapprofile.Reader

	mu       sync.Mutex
	followed map[key]*followed
	owners   heapprofile.Owners
	version  int // of owners
	took     time.Duration
	at       time.Time // when the profile was read
	gc       int64     // GC cycles that had ended then
	err      error
	// allocated is by category; it never falls.
	allocated map[string]float64
}

// key names what is followed: an operation and a function can have one name.
type key struct {
	name string
	code bool
}

// CategoryOf returns the category of an operation that has spans; false where it
// has none.
type CategoryOf func(operation string) (category string, ok bool)

func (of CategoryOf) orUntagged(operation string) string {
	if category, ok := of(operation); ok {
		return category
	}
	return Untagged
}

// Read reads the heap profile and the goroutines, and judges. It returns the
// operations that are newly suspected.
func (t *Tracker) Read(now memstat.Snapshot, categoryOf CategoryOf) (suspects []Operation) {
	owners := t.relearn()
	profile, err := t.reader.Read(owners)
	var groups []goroutines.Group
	var groupsErr error
	if now.Goroutines <= goroutines.MaxRead {
		groups, groupsErr = goroutines.Read()
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	t.err = errors.Join(err, groupsErr)
	if err != nil {
		return nil
	}
	if t.followed == nil {
		t.followed, t.allocated = make(map[key]*followed), make(map[string]float64)
	}
	t.took, t.at, t.gc = profile.Took, profile.Time, now.GCCycles
	t.addProfile(profile, categoryOf)
	t.addGoroutines(groups)
	maps.DeleteFunc(t.followed, func(_ key, f *followed) bool {
		return f.usage.Allocated == 0 && f.goroutines.Count == 0
	})
	for _, f := range t.followed {
		if f.judge() {
			suspects = append(suspects, f.operation())
		}
	}
	t.sumAllocated()
	return suspects
}

// addProfile makes the profile's bytes a point of each operation's series.
func (t *Tracker) addProfile(profile *heapprofile.Profile, categoryOf CategoryOf) {
	for _, f := range t.followed {
		f.usage = heapprofile.Usage{}
	}
	for _, tag := range heaptag.Default.Table() {
		tagged := profile.Tagged[tag.ID]
		if learned := profile.Learned[tag.Operation]; learned != nil {
			t.add(tag.Operation, tag.Category, report.ByLearned, heapprofile.Sum(tagged, learned))
			delete(profile.Learned, tag.Operation)
		} else if tagged != nil {
			t.add(tag.Operation, tag.Category, report.ByTag, tagged)
		}
	}
	for operation, learned := range profile.Learned {
		t.add(operation, categoryOf.orUntagged(operation), report.ByLearned, learned)
	}
	for function, usage := range profile.Code {
		t.add(cmp.Or(function, noApplication), Untagged, report.ByCode, usage)
	}
	if profile.TooDeep.Allocated > 0 {
		t.add(tooDeep, Untagged, report.ByCode, &profile.TooDeep)
	}
}

func (t *Tracker) add(name, category string, by report.Attribution, usage *heapprofile.Usage) {
	k := key{name, by == report.ByCode}
	f := t.followed[k]
	if f == nil {
		if len(t.followed) >= maxFollowed {
			return
		}
		f = &followed{name: name, category: category, series: verdict.NewSeries(0)}
		t.followed[k] = f
	}
	f.usage, f.by = *usage, by
	f.series.Add(verdict.Point{
		Time: t.at, Live: usage.Live, Error: usage.Error, Allocated: usage.Allocated, GC: uint32(t.gc),
	})
}

// addGoroutines counts the goroutines of each operation. Those of no operation
// are attributed to none.
func (t *Tracker) addGoroutines(groups []goroutines.Group) {
	for _, f := range t.followed {
		f.goroutines = goroutines.Group{}
	}
	for _, g := range groups {
		tag := heaptag.Default.Find(g.Operation)
		if tag == nil {
			continue
		}
		k := key{name: g.Operation}
		if t.followed[k] == nil {
			t.add(g.Operation, tag.Category, report.ByTag, new(heapprofile.Usage))
		}
		if f := t.followed[k]; f != nil {
			f.goroutines = g
		}
	}
}

// Operations returns what is followed, the most live bytes first, and when the
// profile was read: zero before the first reading. An error says why it could not
// be read.
func (t *Tracker) Operations() (operations []Operation, at time.Time, err error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	for _, f := range t.followed {
		operations = append(operations, f.operation())
	}
	slices.SortFunc(operations, func(a, b Operation) int {
		return cmp.Or(cmp.Compare(b.Usage.Live, a.Usage.Live), cmp.Compare(a.Name, b.Name))
	})
	return operations, t.at, t.err
}

// Growing returns the names of the operations that grow, the fastest first.
func (t *Tracker) Growing() []string {
	t.mu.Lock()
	defer t.mu.Unlock()
	var grow []*followed
	for k, f := range t.followed {
		if !k.code && f.result.Verdict == verdict.Growing {
			grow = append(grow, f)
		}
	}
	slices.SortFunc(grow, func(a, b *followed) int {
		return cmp.Or(cmp.Compare(b.result.Slope, a.result.Slope), cmp.Compare(a.name, b.name))
	})
	names := make([]string, len(grow))
	for i, f := range grow {
		names[i] = f.name
	}
	return names
}

// Bytes is about how much memory the tracker holds.
func (t *Tracker) Bytes() int64 {
	t.mu.Lock()
	defer t.mu.Unlock()
	const seriesBytes, followedBytes = 3 << 10, 512
	return int64(len(t.followed))*(seriesBytes+followedBytes) + t.learner.Bytes()
}
