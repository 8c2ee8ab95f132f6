package attribution

import (
	"cmp"
	"errors"
	"slices"
	"sync"
	"time"

	"github.com/otelmem/otelmem-go/internal/heapprofile"
	"github.com/otelmem/otelmem-go/internal/heaptag"
	"github.com/otelmem/otelmem-go/internal/learn"
	"github.com/otelmem/otelmem-go/internal/memstat"
	"github.com/otelmem/otelmem-go/otelmem/report"
)

// Untagged is the category of what no tag covers.
const Untagged = "untagged"

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

	reading  sync.Mutex // held until what was read is taken in: readings come in their order
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

	lines      lines
	goroutines goroutineGroups
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

// Changes are what a reading changed about who is suspected.
type Changes struct {
	// Began are operations that are newly suspected, and lines of several operations that
	// are, named "keep.go:7 (main.keep)". Ended are no longer suspected: their growth has
	// ended.
	Began, Ended []Operation
	// Goroutines are groups of goroutines that are newly suspected.
	Goroutines []Goroutines
	// Err is why something was not read; nil where all was.
	Err error
}

// Why a suspicion ends other than by the judgement of a series.
const (
	movedAway  = "holds nothing: its bytes turned out to be those of other operations"
	unreadable = "is not known any more: the heap profile cannot be read"
)

// Read reads the heap profile and the goroutines of this process, and judges.
func (t *Tracker) Read(now memstat.Snapshot, categoryOf CategoryOf) Changes {
	t.reading.Lock()
	defer t.reading.Unlock()
	return t.Add(t.read(now), now, categoryOf)
}

// Add takes a reading in, whichever process it is of, and judges. now is the process's
// memory then, of which GCCycles changes where the heap profile may have.
func (t *Tracker) Add(r Reading, now memstat.Snapshot, categoryOf CategoryOf) (changes Changes) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.err = errors.Join(r.HeapErr, r.GoroutinesErr)
	changes.Err = t.err
	if t.followed == nil {
		t.followed, t.allocated = make(map[key]*followed), make(map[string]float64)
	}
	if t.lines == nil {
		t.lines = make(lines)
	}
	changes.Goroutines = t.goroutines.add(r.Goroutines, now)
	if r.HeapErr != nil {
		// Figures of a profile that can no longer be read would stand still.
		for _, f := range t.followed {
			if f.forget(unreadable) {
				changes.Ended = append(changes.Ended, f.operation())
			}
		}
		changes.Ended = append(changes.Ended, t.lines.forget(unreadable)...)
		t.addGoroutines()
		return changes
	}
	t.took, t.at, t.gc = r.Heap.Took, r.Heap.Time, now.GCCycles
	t.addProfile(r.Heap, categoryOf)
	t.lines.add(r.Heap.Lines, t.at, t.gc)
	t.addGoroutines()
	for k, f := range t.followed {
		if f.usage.Allocated == 0 && f.goroutines.Count == 0 {
			if f.forget(movedAway) {
				changes.Ended = append(changes.Ended, f.operation())
			}
			delete(t.followed, k)
			continue
		}
		began, ended := f.judge(t.at)
		if began {
			changes.Began = append(changes.Began, f.operation())
		}
		if ended {
			changes.Ended = append(changes.Ended, f.operation())
		}
	}
	began, ended := t.lines.suspected(t.followed)
	changes.Began, changes.Ended = append(changes.Began, began...), append(changes.Ended, ended...)
	t.sumAllocated()
	return changes
}

// addProfile makes the profile's bytes a point of each operation's series. What is
// no longer in the profile holds nothing.
func (t *Tracker) addProfile(profile *heapprofile.Profile, categoryOf CategoryOf) {
	seen := make(map[key]bool, len(t.followed))
	add := func(name, category string, by report.Attribution, usage *heapprofile.Usage) {
		seen[key{name, by == report.ByCode}] = true
		t.add(name, category, by, usage)
	}
	for _, tag := range heaptag.Default.Table() {
		tagged := profile.Tagged[tag.ID]
		if learned := profile.Learned[tag.Operation]; learned != nil {
			by := report.ByLearned
			if tagged != nil {
				by = report.ByTag
			}
			add(tag.Operation, tag.Category, by, heapprofile.Sum(tagged, learned))
			delete(profile.Learned, tag.Operation)
		} else if tagged != nil {
			add(tag.Operation, tag.Category, report.ByTag, tagged)
		}
	}
	for of, usage := range profile.Labelled {
		usage = heapprofile.Sum(usage, profile.Learned[of.Operation])
		delete(profile.Learned, of.Operation)
		add(of.Operation, cmp.Or(of.Category, categoryOf.orUntagged(of.Operation)), report.ByTag, usage)
	}
	for operation, learned := range profile.Learned {
		add(operation, categoryOf.orUntagged(operation), report.ByLearned, learned)
	}
	for function, usage := range profile.Code {
		add(cmp.Or(function, report.NoApplication), Untagged, report.ByCode, usage)
	}
	if profile.TooDeep.Allocated > 0 {
		add(tooDeep, Untagged, report.ByCode, &profile.TooDeep)
	}
	for k, f := range t.followed {
		if !seen[k] {
			f.usage = heapprofile.Usage{}
		}
	}
}

func (t *Tracker) add(name, category string, by report.Attribution, usage *heapprofile.Usage) {
	k := key{name, by == report.ByCode}
	f := t.followed[k]
	if f == nil {
		if len(t.followed) >= maxFollowed {
			return
		}
		f = &followed{name: name, category: category, series: newSeries()}
		t.followed[k] = f
	}
	f.category = category
	f.add(usage, by, t.at, t.gc)
}

// freshShare is the part of the time since a reading that a fresh one may take where
// somebody asks.
const freshShare = 0.05

// Stale says whether a reading now would say more than the last one: a collection has
// ended since, and reading again is cheap enough.
func (t *Tracker) Stale(now memstat.Snapshot) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.at.IsZero() {
		return t.err == nil
	}
	return now.GCCycles != t.gc && t.took.Seconds() <= freshShare*now.Time.Sub(t.at).Seconds()
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

// Rising returns the names of the operations whose live bytes rise for certain,
// suspected or not, the fastest first, and how long the last reading of the profile took.
func (t *Tracker) Rising() (names []string, took time.Duration) {
	t.mu.Lock()
	defer t.mu.Unlock()
	var rising []*followed
	for k, f := range t.followed {
		if f.rises() && !k.code {
			rising = append(rising, f)
		}
	}
	slices.SortFunc(rising, func(a, b *followed) int {
		return cmp.Or(cmp.Compare(b.result.Slope, a.result.Slope), cmp.Compare(a.name, b.name))
	})
	for _, f := range rising {
		names = append(names, f.name)
	}
	return names, t.took
}

// followedBytes is about what one takes beside its series: with its entry in the map, its
// sites and its names.
const followedBytes = 1024

// Bytes is about how much memory the tracker holds.
func (t *Tracker) Bytes() int64 {
	t.mu.Lock()
	defer t.mu.Unlock()
	n := t.learner.Bytes() + t.goroutines.bytes() + t.lines.bytes()
	for _, f := range t.followed {
		n += followedBytes + f.series.Bytes()
	}
	return n
}
