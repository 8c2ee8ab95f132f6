// Package learn finds out which function belongs to exactly one operation, from
// the stacks at the start and the end of some of its spans.
//
// The innermost application function that is on both stacks, in the same call,
// covers the span: what it allocates, and what it calls, is the operation's. A
// function that covers the spans of two operations belongs to neither, such as a
// helper that runs its argument inside a span; then the next function outside it
// may, if no other operation is ever seen below it. Whatever cannot be told apart
// is not told: a claim falls for good with the first stack that speaks against it.
package learn

import (
	"slices"
	"sync"

	"github.com/otelmem/otelmem-go/internal/attrs"
)

const (
	// enough is how many spans of an operation must have been seen.
	enough = 3
	// maxFunctions and maxNames bound what is remembered; what comes later is not
	// learned. 100 bytes each, about.
	maxFunctions = 4000
	maxNames     = 2000
	// maxChains is how many ways to an operation are remembered, maxNamesEach by how
	// many names its spans may begin.
	maxChains    = 2
	maxNamesEach = 4
)

// Span is what is known of one that ended.
type Span struct {
	// Begun is the name that it was started with, Operation what it turned out to
	// be.
	Begun, Operation string
	// Chain is as [Chain] returns it; nil where no stacks were taken.
	Chain []string
}

// Learner collects spans. The zero value is ready; it is safe for concurrent use.
type Learner struct {
	mu sync.Mutex
	// names are the operations that spans begun under a name became. Stacks are
	// taken by that name, so that operations under one name are not all seen.
	names map[string]owner
	// covering and around are the operations of which a function covers spans, or
	// stands further out on their stacks.
	covering map[string]owner
	around   map[string]owner
	seen     map[string]*seen
	version  int
}

// owner is the one operation of something, or shared once there were two. The zero
// value is neither.
type owner struct{ operation string }

var shared = owner{"\x00"}

// seen is what is known of one operation.
type seen struct {
	spans  int
	names  []string
	chains [][]string
}

// Add takes in a span that ended.
func (l *Learner) Add(s Span) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.names == nil {
		l.names, l.seen = make(map[string]owner), make(map[string]*seen)
		l.covering, l.around = make(map[string]owner), make(map[string]owner)
	}
	l.own(l.names, maxNames, s.Begun, s.Operation)
	if len(s.Chain) == 0 {
		return
	}
	l.own(l.covering, maxFunctions, s.Chain[0], s.Operation)
	for _, function := range s.Chain[1:] {
		l.own(l.around, maxFunctions, function, s.Operation)
	}
	o := l.seen[s.Operation]
	if o == nil {
		if len(l.seen) >= maxNames {
			return
		}
		o = new(seen)
		l.seen[s.Operation] = o
	}
	if o.spans++; o.spans == enough {
		l.version++
	}
	if len(o.names) <= maxNamesEach && !slices.Contains(o.names, s.Begun) {
		o.names = append(o.names, s.Begun)
		l.version++
	}
	same := func(chain []string) bool { return slices.Equal(chain, s.Chain) }
	if len(o.chains) < maxChains && !slices.ContainsFunc(o.chains, same) {
		o.chains = append(o.chains, slices.Clone(s.Chain))
		l.version++
	}
}

// own notes that operation claims key. Room that is used up leaves out new keys,
// never a second claim.
func (l *Learner) own(owners map[string]owner, bound int, key, operation string) {
	old, known := owners[key]
	switch {
	case known && (old == owner{operation} || old == shared):
		return
	case known:
		owners[key] = shared
	case len(owners) < bound:
		owners[key] = owner{operation}
	default:
		return
	}
	l.version++
}

// Functions returns the operation of each function that belongs to exactly one,
// and a number that changes whenever they may have.
func (l *Learner) Functions() (functions map[string]string, version int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	functions = make(map[string]string)
	for operation, o := range l.seen {
		if o.spans < enough || operation == attrs.Overflow || !l.told(o) {
			continue
		}
		for _, chain := range o.chains {
			if function := l.exclusive(operation, chain); function != "" {
				functions[function] = operation
			}
		}
	}
	return functions, l.version
}

// told says whether all spans begun under o's names are o's operation. Where they
// are not, those of another one may have been begun by the same function without
// a stack taken.
func (l *Learner) told(o *seen) bool {
	return len(o.names) <= maxNamesEach && !slices.ContainsFunc(o.names, func(name string) bool {
		owned, known := l.names[name]
		return !known || owned == shared
	})
}

// exclusive is the innermost function of chain that is operation's alone; "" if
// there is none.
func (l *Learner) exclusive(operation string, chain []string) string {
	switch l.covering[chain[0]] {
	case owner{operation}:
		return chain[0]
	case shared:
	default:
		return "" // it came when there was no more room
	}
	for _, function := range chain[1:] {
		if _, covers := l.covering[function]; covers {
			return "" // a span's own, of this operation or another
		}
		switch l.around[function] {
		case owner{operation}:
			return function
		case shared:
		default:
			return ""
		}
	}
	return ""
}

// Bytes is about how much the learner holds.
func (l *Learner) Bytes() int64 {
	l.mu.Lock()
	defer l.mu.Unlock()
	const entryBytes, seenBytes, nameBytes = 64, 128, 16
	n := int64(len(l.names)+len(l.covering)+len(l.around)) * entryBytes
	for _, o := range l.seen {
		n += seenBytes
		for _, chain := range o.chains {
			n += int64(len(chain)) * nameBytes
		}
	}
	return n
}
