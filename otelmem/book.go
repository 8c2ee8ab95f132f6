package otelmem

import (
	"cmp"
	"maps"
	"slices"
	"sync"
	"time"

	"go.opentelemetry.io/otel/trace"

	"github.com/otelmem/otelmem-go/spanhook"
)

// Bounds of the spans that are kept as examples: of one category, and of all.
// Where all are used up, categories keep as many as they have, and new ones one.
const (
	recentPerCategory = 100
	recentInAll       = 5000
)

// book keeps what ended spans add up to, by category and operation. Names are
// bounded before they reach it. It is safe for concurrent use.
type book struct {
	mu         sync.Mutex
	categories map[string]*categoryAccount
	operations map[string]*account
	recents    int // spans kept in all
}

// account sums growth as the metrics do: what shrank adds 0.
type account struct {
	category string
	calls    int64
	rss      int64
	heap     int64
	external int64
	share    int64
	worst    Span
}

type categoryAccount struct {
	account
	since  account // since the last summary
	recent []Span  // a ring
	next   int
}

// Span is an operation that ended: an example of its category. Bytes unless
// said.
type Span struct {
	Operation   string        `json:"operation"`
	Category    string        `json:"category"`
	TraceID     string        `json:"traceId"`
	SpanID      string        `json:"spanId"`
	End         time.Time     `json:"end"`
	Duration    time.Duration `json:"durationNanos"`
	RSS         int64         `json:"rssGrowth"`
	Heap        int64         `json:"heapGrowth"`
	External    int64         `json:"externalGrowth"`
	Share       int64         `json:"heapShare"`
	Concurrency float64       `json:"concurrency"`

	context trace.SpanContext
}

// Largest is the largest of the span's growths, in bytes.
func (s *Span) Largest() int64 { return max(s.RSS, s.Heap, s.External) }

func newSpan(operation, category string, g *spanhook.Growth) Span {
	return Span{
		Operation:   operation,
		Category:    category,
		End:         g.Span.EndTime(),
		Duration:    g.Span.EndTime().Sub(g.Span.StartTime()),
		RSS:         g.RSS,
		Heap:        g.Heap,
		External:    g.External,
		Share:       g.Share,
		Concurrency: g.Concurrency,
		context:     g.Span.SpanContext(),
	}
}

// shown returns the span with its ids as text, which nobody needs before.
func (s Span) shown() Span {
	s.TraceID, s.SpanID = s.context.TraceID().String(), s.context.SpanID().String()
	return s
}

// shownAll returns all spans so.
func shownAll(spans []Span) []Span {
	out := make([]Span, len(spans))
	for i, s := range spans {
		out[i] = s.shown()
	}
	return out
}

func newBook() *book {
	return &book{categories: make(map[string]*categoryAccount), operations: make(map[string]*account)}
}

func (b *book) add(s *Span) {
	b.mu.Lock()
	defer b.mu.Unlock()
	operation := b.operations[s.Operation]
	if operation == nil {
		operation = &account{category: s.Category}
		b.operations[s.Operation] = operation
	}
	operation.add(s)
	category := b.categories[s.Category]
	if category == nil {
		category = &categoryAccount{account: account{category: s.Category}}
		b.categories[s.Category] = category
	}
	category.add(s)
	category.since.add(s)
	b.keep(category, s)
}

// keep puts s into the category's ring, which grows while there is room.
func (b *book) keep(c *categoryAccount, s *Span) {
	if len(c.recent) == 0 || len(c.recent) < recentPerCategory && b.recents < recentInAll {
		c.recent = append(c.recent, *s)
		b.recents++
		return
	}
	c.next %= len(c.recent)
	c.recent[c.next] = *s
	c.next++
}

func (a *account) add(s *Span) {
	a.calls++
	a.rss += max(0, s.RSS)
	a.heap += max(0, s.Heap)
	a.external += max(0, s.External)
	a.share += s.Share
	if a.calls == 1 || s.Largest() > a.worst.Largest() {
		a.worst = *s
	}
}

// summary returns each category's sums since the last call, the largest growth
// first.
func (b *book) summary() []account {
	b.mu.Lock()
	defer b.mu.Unlock()
	var sums []account
	for _, name := range slices.Sorted(maps.Keys(b.categories)) {
		category := b.categories[name]
		if category.since.calls == 0 {
			continue
		}
		category.since.category = name
		sums = append(sums, category.since)
		category.since = account{}
	}
	slices.SortStableFunc(sums, func(a, b account) int { return cmp.Compare(b.rss+b.external, a.rss+a.external) })
	return sums
}

// recent returns the spans kept as examples that ended after since, the largest
// growth first.
func (b *book) recent(since time.Time) []Span {
	b.mu.Lock()
	defer b.mu.Unlock()
	var spans []Span
	for _, category := range b.categories {
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

// examples returns at most n spans of an operation, the largest growth first. Its
// worst is always there, however many others its category has had since.
func (b *book) examples(operation string, n int) []Span {
	b.mu.Lock()
	a := b.operations[operation]
	if a == nil {
		b.mu.Unlock()
		return nil
	}
	worst := a.worst
	b.mu.Unlock()
	spans := []Span{worst}
	for _, s := range b.recent(time.Time{}) {
		if s.Operation == operation && !s.context.Equal(worst.context) {
			spans = append(spans, s)
		}
	}
	return spans[:min(n, len(spans))]
}

// accounts returns copies of all accounts, by name.
func (b *book) accounts() (categories, operations map[string]account) {
	b.mu.Lock()
	defer b.mu.Unlock()
	categories = make(map[string]account, len(b.categories))
	for name, category := range b.categories {
		categories[name] = category.account
	}
	operations = make(map[string]account, len(b.operations))
	for name, operation := range b.operations {
		operations[name] = *operation
	}
	return categories, operations
}

// categoryOf is an operation's category; that of untagged code where it has no
// spans.
func (b *book) categoryOf(operation string) string {
	b.mu.Lock()
	defer b.mu.Unlock()
	if a := b.operations[operation]; a != nil {
		return a.category
	}
	return untagged
}

// calls is the number of operations so far.
func (b *book) calls() (n int64) {
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, category := range b.categories {
		n += category.calls
	}
	return n
}

// size is about how many bytes the book holds.
func (b *book) size() int64 {
	b.mu.Lock()
	defer b.mu.Unlock()
	const spanBytes, accountBytes = 250, 450
	n := int64(len(b.operations)) * accountBytes
	for _, category := range b.categories {
		n += 2*accountBytes + int64(cap(category.recent))*spanBytes
	}
	return n
}
