package spanstats

import (
	"cmp"
	"maps"
	"slices"
	"sync"
	"time"
)

// Bounds of the spans that are kept as examples: of one category, and of all.
// Where all are used up, categories keep as many as they have, and new ones one.
const (
	recentPerCategory = 100
	recentInAll       = 5000
)

// Statistics are what ended spans add up to, by category and operation. Names are
// bounded before they get here. The zero value is ready; it is safe for concurrent
// use.
type Statistics struct {
	mu         sync.Mutex
	categories map[string]*categoryTotals
	operations map[string]*Totals
	kept       int // spans kept as examples, in all
}

type categoryTotals struct {
	Totals
	since  Totals // since the last summary
	recent []Span // a ring
	next   int
}

func (st *Statistics) add(s *Span) {
	st.mu.Lock()
	defer st.mu.Unlock()
	if st.operations == nil {
		st.operations, st.categories = make(map[string]*Totals), make(map[string]*categoryTotals)
	}
	operation := st.operations[s.Operation]
	if operation == nil {
		operation = &Totals{Category: s.Category}
		st.operations[s.Operation] = operation
	}
	operation.add(s)
	category := st.categories[s.Category]
	if category == nil {
		category = &categoryTotals{Totals: Totals{Category: s.Category}}
		st.categories[s.Category] = category
	}
	category.add(s)
	category.since.add(s)
	st.keep(category, s)
}

// keep puts s into the category's ring, which grows while there is room.
func (st *Statistics) keep(c *categoryTotals, s *Span) {
	if len(c.recent) == 0 || len(c.recent) < recentPerCategory && st.kept < recentInAll {
		c.recent = append(c.recent, *s)
		st.kept++
		return
	}
	c.next %= len(c.recent)
	c.recent[c.next] = *s
	c.next++
}

// Summary returns each category's sums since the last call, the largest growth
// first.
func (st *Statistics) Summary() []Totals {
	st.mu.Lock()
	defer st.mu.Unlock()
	var sums []Totals
	for _, name := range slices.Sorted(maps.Keys(st.categories)) {
		category := st.categories[name]
		if category.since.Calls == 0 {
			continue
		}
		category.since.Category = name
		sums = append(sums, category.since)
		category.since = Totals{}
	}
	slices.SortStableFunc(sums, func(a, b Totals) int { return cmp.Compare(b.RSS+b.External, a.RSS+a.External) })
	return sums
}

// Recent returns the spans kept as examples that ended after since, the largest
// growth first.
func (st *Statistics) Recent(since time.Time) []Span {
	st.mu.Lock()
	defer st.mu.Unlock()
	var spans []Span
	for _, category := range st.categories {
		for _, s := range category.recent {
			if s.End.After(since) {
				spans = append(spans, s)
			}
		}
	}
	slices.SortFunc(spans, func(a, b Span) int {
		return cmp.Or(cmp.Compare(b.Largest(), a.Largest()), b.End.Compare(a.End))
	})
	return spans
}

// OfOperation returns at most n spans of an operation, the largest growth first. Its
// worst is always there, however many others its category has had since.
func (st *Statistics) OfOperation(operation string, n int) []Span {
	st.mu.Lock()
	a := st.operations[operation]
	if a == nil {
		st.mu.Unlock()
		return nil
	}
	worst := a.Worst
	st.mu.Unlock()
	spans := []Span{worst}
	for _, s := range st.Recent(time.Time{}) {
		if s.Operation == operation && !s.Context.Equal(worst.Context) {
			spans = append(spans, s)
		}
	}
	return spans[:min(n, len(spans))]
}

// Totals returns copies of all totals, by name.
func (st *Statistics) Totals() (categories, operations map[string]Totals) {
	st.mu.Lock()
	defer st.mu.Unlock()
	categories = make(map[string]Totals, len(st.categories))
	for name, category := range st.categories {
		categories[name] = category.Totals
	}
	operations = make(map[string]Totals, len(st.operations))
	for name, operation := range st.operations {
		operations[name] = *operation
	}
	return categories, operations
}

// CategoryOf returns an operation's category; false where it has no spans.
func (st *Statistics) CategoryOf(operation string) (string, bool) {
	st.mu.Lock()
	defer st.mu.Unlock()
	if t := st.operations[operation]; t != nil {
		return t.Category, true
	}
	return "", false
}

// Calls is the number of operations so far.
func (st *Statistics) Calls() (n int64) {
	st.mu.Lock()
	defer st.mu.Unlock()
	for _, category := range st.categories {
		n += category.Calls
	}
	return n
}

// bytes is about how much memory the statistics hold.
func (st *Statistics) bytes() int64 {
	st.mu.Lock()
	defer st.mu.Unlock()
	const spanBytes, totalsBytes = 250, 450
	n := int64(len(st.operations)) * totalsBytes
	for _, category := range st.categories {
		n += 2*totalsBytes + int64(cap(category.recent))*spanBytes
	}
	return n
}
