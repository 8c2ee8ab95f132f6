package otelmem

import (
	"cmp"
	"errors"
	"maps"
	"slices"
	"sync"
	"time"

	"github.com/otelmem/otelmem-go/dump"
	"github.com/otelmem/otelmem-go/internal/appframe"
	"github.com/otelmem/otelmem-go/internal/goroutines"
	"github.com/otelmem/otelmem-go/internal/heapprofile"
	"github.com/otelmem/otelmem-go/internal/heaptag"
	"github.com/otelmem/otelmem-go/internal/learn"
	"github.com/otelmem/otelmem-go/internal/memstat"
	"github.com/otelmem/otelmem-go/internal/verdict"
	"github.com/otelmem/otelmem-go/spanhook"
)

// Attribution says how bytes came to their operation.
type Attribution string

const (
	// ByTag is for what was allocated below Do, Go or Handler. It is certain.
	ByTag Attribution = "tag"
	// ByLearned is for what no tag covers, below a function that was seen to begin and
	// end the spans of one operation only. An operation that has bytes of both kinds
	// says learned.
	ByLearned Attribution = "learned"
	// ByCode is for what no tag covers: the operation is the application's outermost
	// function on the stack.
	ByCode Attribution = "code"
)

// untagged is the category of what no tag covers.
const untagged = "untagged"

// tooDeep is the operation of what no tag covers as far as the stack is known.
const tooDeep = "untagged: stack too deep"

const (
	// maxFollowed bounds the operations and functions whose series are kept.
	maxFollowed = 1200
	// episodeEnds is after how many reports without growth an episode is over: a
	// leak that pauses is still the same one.
	episodeEnds = 10
	// maxGoroutines is up to how many goroutines are counted by operation: reading
	// 10,000 takes 14 ms (BenchmarkRead in internal/goroutines), and the world
	// stands still for a part of it.
	maxGoroutines = 100_000
	// judged is what an operation must hold to be judged, in bytes: less is
	// nobody's leak yet, and the judgement is what costs.
	judged = 1 << 20
)

// holding is what the heap profile says of one operation.
type holding struct {
	operation, category string
	by                  Attribution
	account             heapprofile.Usage
	result              verdict.Result
	// grewBefore says that the verdict before was growing too: one alone can be
	// an accident.
	grewBefore bool
	told       bool // the event of this episode is out
	quiet      int  // reports in a row that were not growing
	goroutines goroutines.Group
	series     *verdict.Series
}

// suspected says that the operation leaks, as far as one can know.
func (h *holding) suspected() bool { return h.result.Verdict == verdict.Growing && h.grewBefore }

// attribution follows what operations hold. The zero value is ready; it is safe
// for concurrent use.
type attribution struct {
	learner learn.Learner

	mu       sync.Mutex
	followed map[holdingKey]*holding
	owners   heapprofile.Owners
	version  int // of owners
	took     time.Duration
	at       time.Time
	gc       int64
	err      error
	// allocated is by category; it never falls.
	allocated map[string]float64
}

// holdingKey is a name, which can be an operation's and a function's.
type holdingKey struct {
	name string
	code bool
}

// read reads the heap profile and judges. It returns copies of the operations
// that are newly suspected. categoryOf is of an operation that has spans.
func (a *attribution) read(now memstat.Snapshot, categoryOf func(operation string) string) (suspects []holding) {
	owners := a.relearn()
	profile, err := heapprofile.Read(owners)
	var groups []goroutines.Group
	var groupsErr error
	if now.Goroutines <= maxGoroutines {
		groups, groupsErr = goroutines.Read()
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	a.err = errors.Join(err, groupsErr)
	if err != nil {
		return nil
	}
	if a.followed == nil {
		a.followed, a.allocated = make(map[holdingKey]*holding), make(map[string]float64)
	}
	a.took, a.at, a.gc = profile.Took, profile.Time, now.GCCycles
	for _, h := range a.followed {
		h.account = heapprofile.Usage{}
	}
	for _, tag := range heaptag.Default.Table() {
		account := profile.Tagged[tag.ID]
		if learned := profile.Learned[tag.Operation]; learned != nil {
			a.follow(tag.Operation, tag.Category, ByLearned, heapprofile.Sum(account, learned))
			delete(profile.Learned, tag.Operation)
		} else if account != nil {
			a.follow(tag.Operation, tag.Category, ByTag, account)
		}
	}
	for operation, account := range profile.Learned {
		a.follow(operation, categoryOf(operation), ByLearned, account)
	}
	for function, account := range profile.Code {
		if function == "" {
			function = "runtime and libraries"
		}
		a.follow(function, untagged, ByCode, account)
	}
	if profile.TooDeep.Allocated > 0 {
		a.follow(tooDeep, untagged, ByCode, &profile.TooDeep)
	}
	a.count(groups)
	maps.DeleteFunc(a.followed, func(_ holdingKey, h *holding) bool {
		return h.account.Allocated == 0 && h.goroutines.Count == 0
	})
	for _, h := range a.followed {
		before := h.result.Verdict == verdict.Growing
		h.result = verdict.Result{Verdict: verdict.NotEnoughData}
		if h.account.Live >= judged || h.account.Allocated >= 16*judged {
			h.result = h.series.Judge(verdict.Rules{})
		}
		h.grewBefore = before
		if h.quiet++; h.result.Verdict == verdict.Growing {
			h.quiet = 0
		}
		h.told = h.told && h.quiet < episodeEnds
		if h.suspected() && !h.told {
			h.told = true
			suspects = append(suspects, *h)
		}
	}
	sums := make(map[string]float64)
	for _, h := range a.followed {
		sums[h.category] += h.account.Allocated
	}
	for category, sum := range sums {
		a.allocated[category] = max(a.allocated[category], sum)
	}
	return suspects
}

// learn takes in a span that ended.
func (a *attribution) learn(operation string, g *spanhook.Growth) {
	span := learn.Span{StartName: g.Begun, Operation: operation}
	if g.Stacks != nil {
		span.Chain = learn.Chain(g.Stacks.Start, g.Stacks.End, !g.LocalRoot, appframe.IsApplication)
	}
	a.learner.Add(span)
}

// functions is what was learned, for the labels of dumps.
func (a *attribution) functions(categoryOf func(operation string) string) map[string]dump.Owner {
	learned, _ := a.learner.Functions()
	functions := make(map[string]dump.Owner, len(learned))
	for function, operation := range learned {
		owner := dump.Owner{Operation: operation}
		if tag := heaptag.Default.Find(operation); tag != nil {
			owner.Category = tag.Category
		} else {
			owner.Category = categoryOf(operation)
		}
		functions[function] = owner
	}
	return functions
}

// relearn returns the functions that belong to one operation. Where that changed,
// bytes change sides: what was seen before says nothing of what comes.
func (a *attribution) relearn() heapprofile.Owners {
	a.mu.Lock()
	defer a.mu.Unlock()
	functions, version := a.learner.Functions()
	if version == a.version {
		return a.owners
	}
	moved := make(map[holdingKey]bool)
	for function, operation := range functions {
		if old := a.owners[function]; old != operation {
			moved[holdingKey{name: operation}], moved[holdingKey{name: old}] = true, true
		}
	}
	for function, old := range a.owners {
		if functions[function] == "" {
			moved[holdingKey{name: old}] = true
		}
	}
	for key, h := range a.followed {
		if moved[key] || key.code && len(moved) > 0 {
			h.series = verdict.NewSeries(0)
		}
	}
	a.owners, a.version = functions, version
	return a.owners
}

// growing are the operations that grow, the fastest first.
func (a *attribution) growing() []string {
	a.mu.Lock()
	defer a.mu.Unlock()
	var grow []*holding
	for key, h := range a.followed {
		if !key.code && h.result.Verdict == verdict.Growing {
			grow = append(grow, h)
		}
	}
	slices.SortFunc(grow, func(a, b *holding) int {
		return cmp.Or(cmp.Compare(b.result.Slope, a.result.Slope), cmp.Compare(a.operation, b.operation))
	})
	names := make([]string, len(grow))
	for i, h := range grow {
		names[i] = h.operation
	}
	return names
}

// count takes in the goroutines by operation. Those of no operation are not
// held against anyone.
func (a *attribution) count(groups []goroutines.Group) {
	for _, h := range a.followed {
		h.goroutines = goroutines.Group{}
	}
	for _, g := range groups {
		tag := heaptag.Default.Find(g.Operation)
		if tag == nil {
			continue
		}
		key := holdingKey{name: g.Operation}
		if a.followed[key] == nil {
			a.follow(g.Operation, tag.Category, ByTag, new(heapprofile.Usage))
		}
		if h := a.followed[key]; h != nil {
			h.goroutines = g
		}
	}
}

func (a *attribution) follow(operation, category string, by Attribution, account *heapprofile.Usage) {
	key := holdingKey{operation, by == ByCode}
	h := a.followed[key]
	if h == nil {
		if len(a.followed) >= maxFollowed {
			return
		}
		h = &holding{operation: operation, category: category, series: verdict.NewSeries(0)}
		a.followed[key] = h
	}
	h.account, h.by = *account, by
	h.series.Add(verdict.Point{
		Time: a.at, Live: account.Live, Error: account.Error, Allocated: account.Allocated, GC: uint32(a.gc),
	})
}

// holdings returns what is followed, the most live bytes first.
func (a *attribution) holdings() (holdings []holding, at time.Time, err error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	for _, h := range a.followed {
		holdings = append(holdings, *h)
	}
	slices.SortFunc(holdings, func(a, b holding) int {
		return cmp.Or(cmp.Compare(b.account.Live, a.account.Live), cmp.Compare(a.operation, b.operation))
	})
	return holdings, a.at, a.err
}

// categoryHolding is what metrics say of a category. Bytes.
type categoryHolding struct {
	category        string
	live, allocated float64
	rate            float64 // bytes a second; 0 unless suspected
	goroutines      int
}

// byCategory returns the sums, and how long the profile took to read.
func (a *attribution) byCategory() ([]categoryHolding, time.Duration) {
	a.mu.Lock()
	defer a.mu.Unlock()
	sums := make(map[string]*categoryHolding)
	for _, h := range a.followed {
		sum := sums[h.category]
		if sum == nil {
			sum = &categoryHolding{category: h.category, allocated: a.allocated[h.category]}
			sums[h.category] = sum
		}
		sum.live += h.account.Live
		sum.goroutines += h.goroutines.Count
		if h.suspected() {
			sum.rate += h.result.Slope
		}
	}
	var all []categoryHolding
	for _, sum := range sums {
		all = append(all, *sum)
	}
	return all, a.took
}

// size is about how many bytes the series hold.
func (a *attribution) size() int64 {
	a.mu.Lock()
	defer a.mu.Unlock()
	const seriesBytes, holdingBytes = 3 << 10, 512
	return int64(len(a.followed))*(seriesBytes+holdingBytes) + a.learner.Bytes()
}
