// Package learn finds out which function belongs to exactly one operation, from
// the stacks at the start and the end of some of its spans.
//
// The innermost application function that is on both stacks, in the same call,
// covers the span: what it and its callees allocate is the operation's. A function
// that covers spans of two operations, such as a helper that runs its argument inside
// a span, belongs to neither. The next function outwards may then belong to the
// operation, if no other operation is ever seen below it. What is ambiguous is not
// attributed: a function is given up for good with the first stack that contradicts.
package learn

import (
	"slices"
	"sync"

	"github.com/otelmem/otelmem-go/internal/attrs"
)

const (
	// minSpans is how many spans of an operation with stacks are needed.
	minSpans = 3
	// maxFunctions and maxNames bound what is remembered, at about 100 bytes each; what
	// comes later is not learned.
	maxFunctions = 4000
	maxNames     = 2000
	// maxChains bounds the distinct chains remembered for an operation, maxNamesEach the
	// names that its spans may be started with.
	maxChains    = 2
	maxNamesEach = 4
)

// Span is an ended span.
type Span struct {
	// StartName is the name that it was started with, Operation the one that it
	// belonged to when it ended.
	StartName, Operation string
	// Chain is as returned by [Chain]; nil where no stacks were taken.
	Chain []string
}

// Learner learns from spans. The zero value is ready for use; it is safe for
// concurrent use.
type Learner struct {
	mu sync.Mutex
	// names is by the name that spans were started with. The choice whose stacks are
	// taken is made by that name, so an operation that shares it may never be seen.
	names map[string]owner
	// covering and around are by function: the operation whose spans it covers, and the
	// one on whose stacks it is further out.
	covering map[string]owner
	around   map[string]owner
	// operations are those of which there were spans with stacks.
	operations map[string]*operation
	version    int // changes with whatever Functions depends on
}

// owner is the only operation of a name or a function, or shared once there were
// two. The zero value is neither.
type owner struct{ operation string }

var shared = owner{"\x00"}

// operation is what is known about one operation.
type operation struct {
	spans  int
	names  []string
	chains [][]string
}

// Add learns from an ended span.
func (l *Learner) Add(s Span) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.names == nil {
		l.names, l.operations = make(map[string]owner), make(map[string]*operation)
		l.covering, l.around = make(map[string]owner), make(map[string]owner)
	}
	l.claim(l.names, maxNames, s.StartName, s.Operation)
	if len(s.Chain) == 0 {
		return
	}
	l.claim(l.covering, maxFunctions, s.Chain[0], s.Operation)
	for _, function := range s.Chain[1:] {
		l.claim(l.around, maxFunctions, function, s.Operation)
	}
	o := l.operations[s.Operation]
	if o == nil {
		if len(l.operations) >= maxNames {
			return
		}
		o = new(operation)
		l.operations[s.Operation] = o
	}
	if o.spans++; o.spans == minSpans {
		l.version++
	}
	if len(o.names) <= maxNamesEach && !slices.Contains(o.names, s.StartName) {
		o.names = append(o.names, s.StartName)
		l.version++
	}
	same := func(chain []string) bool { return slices.Equal(chain, s.Chain) }
	if len(o.chains) < maxChains && !slices.ContainsFunc(o.chains, same) {
		o.chains = append(o.chains, slices.Clone(s.Chain))
		l.version++
	}
}

// claim notes that key, a name or a function, occurred with an operation. When owners
// is full new keys are ignored; a contradiction about a known one never is.
func (l *Learner) claim(owners map[string]owner, bound int, key, operation string) {
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
	for operation, o := range l.operations {
		if o.spans < minSpans || operation == attrs.Overflow || !l.unambiguous(o) {
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

// unambiguous reports whether all spans started under o's names belonged to o.
// Otherwise the same functions may have run spans of another operation of which no
// stacks were taken.
func (l *Learner) unambiguous(o *operation) bool {
	return len(o.names) <= maxNamesEach && !slices.ContainsFunc(o.names, func(name string) bool {
		owned, known := l.names[name]
		return !known || owned == shared
	})
}

// exclusive returns the innermost function of chain that belongs to this operation
// alone; "" if there is none.
func (l *Learner) exclusive(operation string, chain []string) string {
	switch l.covering[chain[0]] {
	case owner{operation}:
		return chain[0]
	case shared:
	default:
		return "" // not remembered: covering was full
	}
	for _, function := range chain[1:] {
		if _, covers := l.covering[function]; covers {
			return "" // it covers other spans, of this operation or another
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

// Bytes returns about how much memory the learner uses, in bytes.
func (l *Learner) Bytes() int64 {
	l.mu.Lock()
	defer l.mu.Unlock()
	const entryBytes, operationBytes, nameBytes = 64, 128, 16
	n := int64(len(l.names)+len(l.covering)+len(l.around)) * entryBytes
	for _, o := range l.operations {
		n += operationBytes
		for _, chain := range o.chains {
			n += int64(len(chain)) * nameBytes
		}
	}
	return n
}
