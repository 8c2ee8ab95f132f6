// Package learn finds out which function belongs to exactly one operation, from
// the stacks at the start and the end of some of its spans.
//
// The innermost application function that is on both stacks, in the same call,
// covers the span: what it and its callees allocate is the operation's. A function
// that covers spans of two operations, such as a helper that runs its argument inside
// a span, belongs to neither. The next function outwards may then belong to the
// operation, if no other operation is ever seen below it. What is ambiguous is not
// attributed: a function is given up for good with the first stack that contradicts.
// A stack that was not seen whole may contradict whatever lies beyond its cut, and a
// span below another one of the same process belongs to that one's operation.
package learn

import (
	"slices"
	"strings"
	"sync"

	"github.com/otelmem/otelmem-go/internal/attrs"
)

const (
	// minSpans is how many spans of an operation with stacks are needed.
	minSpans = 3
	// maxFunctions and maxNames bound what is remembered; what comes later is not
	// learned.
	maxFunctions = 4000
	maxNames     = 2000
	// maxName bounds a name that is remembered, in bytes. Operations with longer ones
	// are not learned.
	maxName = 256
	// maxChains bounds the distinct chains remembered for an operation, maxChain the
	// functions of each, maxNamesEach the names that its spans may be started with.
	maxChains    = 2
	maxChain     = 8
	maxNamesEach = 4
)

// Span is an ended span.
type Span struct {
	// StartName is the name that it was started with, Operation the one that it
	// belonged to when it ended.
	StartName, Operation string
	// Sampled says that stacks were taken; Chain and Whole are as returned by [Chain].
	Sampled bool
	Chain   []string
	Whole   bool
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
	// cut is the operation of the spans whose stacks were not seen whole. They may
	// have been below any function.
	cut owner
	// operations are those of which there were spans with stacks.
	operations map[string]*operation
	version    int // changes with whatever Functions depends on
}

// owner is the only operation of a name or a function, or shared once there were
// two. The zero value is neither.
type owner struct{ operation string }

var shared = owner{"\x00"}

// and returns the owner of what occurred with o before and with operation now.
func (o owner) and(operation string) owner {
	if o == (owner{}) || o == (owner{operation}) {
		return owner{operation}
	}
	return shared
}

// operation is what is known about one operation.
type operation struct {
	spans  int
	names  []string
	chains [][]string
}

// Add learns from an ended span without a parent in this process.
func (l *Learner) Add(s Span) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.init()
	if len(s.Operation) > maxName || len(s.StartName) > maxName {
		s.StartName, s.Operation = "", shared.operation
	}
	l.claim(l.names, maxNames, s.StartName, s.Operation)
	if !s.Sampled && len(s.Chain) == 0 {
		return
	}
	if !s.Whole {
		l.addCut(s.Operation)
	}
	if len(s.Chain) == 0 {
		return
	}
	l.claim(l.covering, maxFunctions, s.Chain[0], s.Operation)
	for _, function := range s.Chain[1:] {
		l.claim(l.around, maxFunctions, function, s.Operation)
	}
	if s.Operation != shared.operation {
		l.addTo(s.Operation, s.StartName, s.Chain[:min(len(s.Chain), maxChain)])
	}
}

// AddInner learns from a span that had a parent in this process. The function that
// covers it, the first of chain, also works for the operation that its outermost
// ancestor was of; "" where that is not known. chain is none where no stacks were
// taken.
func (l *Learner) AddInner(startName, operation string, chain []string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.init()
	if len(startName) <= maxName {
		// Which stacks are taken is chosen by the name: operations whose spans share
		// theirs with inner ones may never be seen below another.
		l.claim(l.names, maxNames, startName, shared.operation)
	}
	if len(chain) > 0 {
		if len(operation) > maxName {
			operation = shared.operation
		}
		l.claim(l.covering, maxFunctions, chain[0], operation)
	}
}

// init makes the maps. Callers hold l.mu.
func (l *Learner) init() {
	if l.names == nil {
		l.names, l.operations = make(map[string]owner), make(map[string]*operation)
		l.covering, l.around = make(map[string]owner), make(map[string]owner)
	}
}

func (l *Learner) addCut(operation string) {
	if cut := l.cut.and(operation); cut != l.cut {
		l.cut = owner{strings.Clone(cut.operation)}
		l.version++
	}
}

// addTo notes a span with stacks of an operation.
func (l *Learner) addTo(name, startName string, seen []string) {
	o := l.operations[name]
	if o == nil {
		if len(l.operations) >= maxNames {
			return
		}
		o = new(operation)
		l.operations[strings.Clone(name)] = o
	}
	if o.spans++; o.spans == minSpans {
		l.version++
	}
	if len(o.names) <= maxNamesEach && !slices.Contains(o.names, startName) {
		o.names = append(o.names, strings.Clone(startName))
		l.version++
	}
	same := func(chain []string) bool { return slices.Equal(chain, seen) }
	if len(o.chains) < maxChains && !slices.ContainsFunc(o.chains, same) {
		o.chains = append(o.chains, slices.Clone(seen))
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
		// The strings may be part of a request that these outlive.
		owners[strings.Clone(key)] = owner{strings.Clone(operation)}
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
	if l.cut.and(operation) == shared {
		return "" // another operation may have been seen below any of them
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

// Bytes returns about how much memory the learner uses, in bytes. Names of functions
// are the program's own and not counted.
func (l *Learner) Bytes() int64 {
	l.mu.Lock()
	defer l.mu.Unlock()
	const entryBytes, operationBytes, nameBytes = 64, 128, 16
	n := int64(len(l.names)+len(l.covering)+len(l.around)) * entryBytes
	for name, of := range l.names {
		n += int64(len(name) + len(of.operation))
	}
	for _, owners := range []map[string]owner{l.covering, l.around} {
		for _, of := range owners {
			n += int64(len(of.operation))
		}
	}
	for name, o := range l.operations {
		n += operationBytes + int64(len(name))
		for _, started := range o.names {
			n += nameBytes + int64(len(started))
		}
		for _, chain := range o.chains {
			n += int64(len(chain)) * nameBytes
		}
	}
	return n
}
