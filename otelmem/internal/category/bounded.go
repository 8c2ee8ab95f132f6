package category

import (
	"bytes"
	"maps"
	"sync"
	"sync/atomic"

	"github.com/otelmem/otelmem-go/internal/attrs"
)

// DefaultMaxOperations is how many operations a [Bounded] set holds by default.
const DefaultMaxOperations = 1000

// MaxPerCategory is how many operations of one category it holds: a database
// whose spans are named by their statements must not push out the routes.
const MaxPerCategory = 100

// Bounded is a bounded set of operations and their categories, first come first
// served. Beyond a bound an operation is [attrs.Overflow]; so is its category,
// unless that is known. It is safe for concurrent use; for a known operation it
// takes no lock and allocates nothing (BenchmarkBounded).
type Bounded struct {
	max        int
	overflowed atomic.Int64
	// known is never written to: entries move there from fresh.
	known atomic.Pointer[map[string]*entry]

	mu         sync.Mutex
	fresh      map[string]*entry // since known was made
	misses     int               // lookups that ended in fresh, since then
	categories map[string]*members
	operations int
	guesses    int
}

// entry is a known operation in its category.
type entry struct{ operation, category string }

type members struct {
	category string
	n        int
}

// NewBounded returns a set of at most maxOperations operations, 1 or more;
// [DefaultMaxOperations] if it is less.
func NewBounded(maxOperations int) *Bounded {
	if maxOperations < 1 {
		maxOperations = DefaultMaxOperations
	}
	b := &Bounded{max: maxOperations, fresh: make(map[string]*entry), categories: make(map[string]*members)}
	b.known.Store(&map[string]*entry{})
	return b
}

// keyBytes holds any key: operation, a zero byte, category.
const keyBytes = maxOperation + 1 + maxCategory

// Resolve names a span by [OperationName] and [Default], within the bounds.
func (b *Bounded) Resolve(op *Operation) (operation, category string) {
	var p plan
	p.of(op)
	var buf [keyBytes]byte
	key := append(p.appendOperation(buf[:0]), 0)
	return b.resolve(p.appendCategory(key), p.guessed)
}

// ResolveIn names a span by [OperationName], in a category that the user gave;
// it is cleaned.
func (b *Bounded) ResolveIn(op *Operation, category string) (string, string) {
	var p plan
	p.of(op)
	var buf [keyBytes]byte
	key := append(p.appendOperation(buf[:0]), 0)
	return b.resolve(appendClean(key, len(key), category, unnamed), p.guessed)
}

// Admit takes an operation and category that the code named; they are cleaned.
func (b *Bounded) Admit(operation, category string) (string, string) {
	var buf [keyBytes]byte
	key := appendLabel(buf[:0], 0, operation)
	if len(key) == 0 {
		key = append(key, unnamed...)
	}
	key = append(key, 0)
	return b.resolve(appendClean(key, len(key), category, unnamed), false)
}

// Overflowed is how many times an operation was beyond the bounds.
func (b *Bounded) Overflowed() int64 { return b.overflowed.Load() }

// Len is how many operations the set holds.
func (b *Bounded) Len() int {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.operations
}

func (b *Bounded) resolve(key []byte, guessed bool) (operation, category string) {
	if e := (*b.known.Load())[string(key)]; e != nil {
		return e.operation, e.category
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	if e := b.fresh[string(key)]; e != nil {
		if b.misses++; b.misses > len(b.fresh)+len(*b.known.Load()) {
			b.publish()
		}
		return e.operation, e.category
	}
	// It may have been published while the lock was awaited.
	if e := (*b.known.Load())[string(key)]; e != nil {
		return e.operation, e.category
	}
	return b.admit(key, guessed)
}

func (b *Bounded) admit(key []byte, guessed bool) (operation, category string) {
	name := key[bytes.IndexByte(key, 0)+1:]
	m := b.categories[string(name)]
	switch {
	case b.operations >= b.max, guessed && b.guesses >= (b.max+1)/2, m != nil && m.n >= MaxPerCategory:
		b.overflowed.Add(1)
		if m == nil {
			return attrs.Overflow, attrs.Overflow
		}
		return attrs.Overflow, m.category
	}
	own := string(key)
	if m == nil {
		m = &members{category: own[len(key)-len(name):]}
		b.categories[m.category] = m
	}
	m.n++
	b.operations++
	if guessed {
		b.guesses++
	}
	e := &entry{operation: own[:len(key)-len(name)-1], category: m.category}
	b.fresh[own] = e
	return e.operation, e.category
}

// publish moves what is fresh to where it is read without a lock. It is called
// once the lookups since the last time have paid for the copy.
func (b *Bounded) publish() {
	old := *b.known.Load()
	known := make(map[string]*entry, len(old)+len(b.fresh))
	maps.Copy(known, old)
	maps.Copy(known, b.fresh)
	b.known.Store(&known)
	clear(b.fresh)
	b.misses = 0
}
