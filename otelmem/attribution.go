package otelmem

import (
	"cmp"
	"errors"
	"slices"
	"sync"
	"time"

	"github.com/otelmem/otelmem-go/internal/goroutines"
	"github.com/otelmem/otelmem-go/internal/heaptag"
	"github.com/otelmem/otelmem-go/internal/memstat"
	"github.com/otelmem/otelmem-go/internal/verdict"
)

// Attribution says how bytes came to their operation.
type Attribution string

const (
	// ByTag is for what was allocated below Do, Go or Handler. It is certain.
	ByTag Attribution = "tag"
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
	account             heaptag.Account
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
	mu       sync.Mutex
	followed map[holdingKey]*holding
	took     time.Duration
	at       time.Time
	gc       int64
	err      error
	// allocated is by category; it never falls.
	allocated map[string]float64
}

type holdingKey struct {
	operation string
	by        Attribution
}

// read reads the heap profile and judges. It returns copies of the operations
// that are newly suspected.
func (a *attribution) read(now memstat.Snapshot) (suspects []holding) {
	profile, err := heaptag.Read()
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
	for _, tag := range heaptag.Default.Table() {
		if account := profile.Tagged[tag.ID]; account != nil {
			a.follow(tag.Operation, tag.Category, ByTag, account)
		}
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
		key := holdingKey{g.Operation, ByTag}
		if a.followed[key] == nil {
			a.follow(g.Operation, tag.Category, ByTag, new(heaptag.Account))
		}
		if h := a.followed[key]; h != nil {
			h.goroutines = g
		}
	}
}

func (a *attribution) follow(operation, category string, by Attribution, account *heaptag.Account) {
	key := holdingKey{operation, by}
	h := a.followed[key]
	if h == nil {
		if len(a.followed) >= maxFollowed {
			return
		}
		h = &holding{operation: operation, category: category, by: by, series: verdict.NewSeries(0)}
		a.followed[key] = h
	}
	h.account = *account
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
	return int64(len(a.followed)) * (seriesBytes + holdingBytes)
}
