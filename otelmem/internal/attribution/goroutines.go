package attribution

import (
	"cmp"
	"fmt"
	"maps"
	"slices"

	"github.com/otelmem/otelmem-go/internal/goroutines"
	"github.com/otelmem/otelmem-go/internal/heaptag"
	"github.com/otelmem/otelmem-go/internal/memstat"
	"github.com/otelmem/otelmem-go/internal/order"
	"github.com/otelmem/otelmem-go/internal/verdict"
	"github.com/otelmem/otelmem-go/otelmem/report"
)

const (
	// followedGoroutines is from how many goroutines on a group is followed: fewer
	// are no leak yet.
	followedGoroutines = 10
	// maxGoroutineGroups bounds the groups that are followed, 3 KiB each.
	maxGoroutineGroups = 200
)

// Goroutines are goroutines that do the same, whose number is followed.
type Goroutines struct {
	goroutines.Group
	// StackBytes is about what their stacks take: their share of all stacks.
	StackBytes int64
	// Result is what their number shows over time, by the rules for bytes.
	Result    verdict.Result
	Suspected bool
}

// GrowthPerMinute is how many more they become in a minute; 0 unless they do.
func (g *Goroutines) GrowthPerMinute() float64 {
	if g.Result.Verdict == verdict.Growing || g.Result.Verdict == verdict.Rising {
		return g.Result.Slope * 60
	}
	return 0
}

// GoroutineGroups returns the groups that are followed: those that are suspected, then
// those that grow the fastest, then the largest. notRead says what was left out of the
// last reading, and why; "" if nothing was.
func (t *Tracker) GoroutineGroups() (groups []Goroutines, notRead string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	for _, f := range t.goroutines.followed {
		if f.Count > 0 {
			groups = append(groups, t.goroutines.view(f))
		}
	}
	slices.SortFunc(groups, func(a, b Goroutines) int {
		return cmp.Or(order.TrueFirst(a.Suspected, b.Suspected), cmp.Compare(b.GrowthPerMinute(), a.GrowthPerMinute()), cmp.Compare(b.Count, a.Count), cmp.Compare(a.Place, b.Place), cmp.Compare(a.Operation, b.Operation))
	})
	return groups, t.goroutines.notRead
}

// goroutineGroups follows how many goroutines each group has.
type goroutineGroups struct {
	followed map[goroutines.Key]*followedGroup
	// byOperation is of the last reading; stack is what the stack of one goroutine
	// took then, in bytes, on average.
	byOperation map[string]goroutines.Operation
	stack       float64
	notRead     string
}

type followedGroup struct {
	goroutines.Group
	series *verdict.Series
	result verdict.Result
}

func (f *followedGroup) suspected() bool { return f.result.Verdict == verdict.Growing }

func (gs *goroutineGroups) view(f *followedGroup) Goroutines {
	return Goroutines{Group: f.Group, StackBytes: int64(gs.stack * float64(f.Count)), Result: f.result, Suspected: f.suspected()}
}

// add takes a reading in and judges. It returns the groups that are newly suspected.
func (gs *goroutineGroups) add(r goroutines.Reading, now memstat.Snapshot) (began []Goroutines) {
	if gs.followed == nil {
		gs.followed = make(map[goroutines.Key]*followedGroup)
	}
	gs.notRead = r.NotRead
	if now.Goroutines > 0 {
		gs.stack = float64(now.Stacks) / float64(now.Goroutines)
	}
	if r.Groups == nil {
		return nil
	}
	groups := r.Groups
	if !r.Labelled {
		groups = gs.withOperations(groups)
	}
	gs.byOperation = goroutines.ByOperation(groups)
	for _, f := range gs.followed {
		f.Count = 0
	}
	for _, g := range groups {
		if f := gs.follow(g); f != nil {
			f.Group = g
		}
	}
	for _, f := range gs.followed {
		if f.Count == 0 && !r.Labelled {
			continue // they may be there, counted with those of other operations
		}
		before := f.suspected()
		f.series.Add(verdict.Point{Time: now.Time, Live: float64(f.Count), Allocated: r.Created})
		f.result = f.series.Judge(countRules())
		if f.suspected() && !before {
			began = append(began, gs.view(f))
		}
	}
	maps.DeleteFunc(gs.followed, func(_ goroutines.Key, f *followedGroup) bool { return f.Count == 0 && r.Labelled })
	return began
}

// follow returns what follows a group; nil where nothing does.
func (gs *goroutineGroups) follow(g goroutines.Group) *followedGroup {
	f := gs.followed[g.Key]
	if f == nil && g.Count >= followedGoroutines && len(gs.followed) < maxGoroutineGroups {
		f = &followedGroup{series: verdict.NewSeries(0)}
		gs.followed[g.Key] = f
	}
	return f
}

// withOperations gives groups that were read without labels, and without what is too
// deep, the operation and the starter of the one group that was seen blocked at the
// same line. Where several were, it stays unknown.
func (gs *goroutineGroups) withOperations(groups []goroutines.Group) []goroutines.Group {
	type line struct{ function, place string }
	seen := make(map[line][]goroutines.Key)
	for k := range gs.followed {
		at := line{k.Function, k.Place}
		seen[at] = append(seen[at], k)
	}
	sums := make(map[goroutines.Key]goroutines.Group)
	for _, g := range groups {
		matches := slices.DeleteFunc(slices.Clone(seen[line{g.Function, g.Place}]), func(k goroutines.Key) bool {
			return g.Starter != "" && g.Starter != k.Starter || k.Operation == ""
		})
		if len(matches) == 1 {
			g.Key = matches[0]
		}
		g.Count += sums[g.Key].Count
		sums[g.Key] = g
	}
	return slices.SortedFunc(maps.Values(sums), func(a, b goroutines.Group) int { return cmp.Compare(b.Count, a.Count) })
}

func countRules() verdict.Rules {
	rules := verdict.CountRules()
	rules.Format = func(n float64) string { return fmt.Sprintf("%.0f goroutines", n) }
	return rules
}

// addGoroutines counts the goroutines of each operation, by the last reading. Those of
// no operation are attributed to none.
func (t *Tracker) addGoroutines() {
	for k, f := range t.followed {
		if !k.code {
			f.goroutines = goroutines.Operation{}
		}
	}
	for operation, sum := range t.goroutines.byOperation {
		tag := heaptag.Default.Find(operation)
		if tag == nil {
			continue
		}
		k := key{name: operation}
		f := t.followed[k]
		if f == nil && len(t.followed) < maxFollowed {
			f = &followed{name: operation, category: tag.Category, by: report.ByTag, series: verdict.NewSeries(0)}
			t.followed[k] = f
		}
		if f != nil {
			f.goroutines = sum
		}
	}
}

// bytes is about how much memory the followed groups take.
func (gs *goroutineGroups) bytes() (n int64) {
	const groupBytes = 512
	for _, f := range gs.followed {
		n += groupBytes + f.series.Bytes()
	}
	return n
}
