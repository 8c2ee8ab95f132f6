package category

import (
	"bytes"
	"hash/maphash"
	"sync/atomic"

	"github.com/otelmem/otelmem-go/internal/attrs"
)

// Bounds of a [Bounded] set.
const (
	// DefaultMaxOperations is how many operations it holds by default.
	DefaultMaxOperations = 1000
	// MaxPerCategory is how many operations of one category it holds: a
	// database whose spans are named by their statements must not push out the
	// routes.
	MaxPerCategory = 100
	// overflowSeen is how many names beyond the bounds are kept apart.
	overflowSeen = 4096
)

// Bounded is a bounded set of operations and their categories, first come first
// served. Beyond a bound an operation is [attrs.Overflow]; so is its category,
// unless that is known. It is safe for concurrent use; for a known operation it
// takes no lock and allocates nothing (BenchmarkResolve).
type Bounded struct {
	max        int
	overflowed atomic.Int64
	known      known

	// The rest is guarded by known.mu.
	categories map[string]*members
	operations int
	guesses    int
	seed       maphash.Seed
	seen       map[uint64]struct{} // hashes of what was beyond the bounds
}

// members are the operations of a category.
type members struct {
	category string
	n        int
}

// NewBounded returns a set of at most maxOperations operations;
// [DefaultMaxOperations] if that is less than 1.
func NewBounded(maxOperations int) *Bounded {
	if maxOperations < 1 {
		maxOperations = DefaultMaxOperations
	}
	return &Bounded{
		max:        maxOperations,
		categories: make(map[string]*members),
		seed:       maphash.MakeSeed(),
		seen:       make(map[uint64]struct{}),
	}
}

// keyBytes holds any key: operation, a zero byte, category.
const keyBytes = maxName + 1 + maxLength

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
func (b *Bounded) ResolveIn(op *Operation, category string) (operation, cleaned string) {
	var p plan
	p.of(op)
	var buf [keyBytes]byte
	key := append(p.appendOperation(buf[:0]), 0)
	return b.resolve(appendClean(key, len(key), category, unnamed), p.guessed)
}

// Admit takes an operation and category that the code named: made a [Label] and
// [Clean].
func (b *Bounded) Admit(operation, category string) (label, cleaned string) {
	var buf [keyBytes]byte
	key := appendLabel(buf[:0], 0, operation)
	if len(key) == 0 {
		key = append(key, unnamed...)
	}
	key = append(key, 0)
	return b.resolve(appendClean(key, len(key), category, unnamed), false)
}

// Overflowed is how many distinct operations were beyond the bounds, at most
// 4,096.
func (b *Bounded) Overflowed() int64 { return b.overflowed.Load() }

// Len is how many operations the set holds.
func (b *Bounded) Len() int {
	b.known.mu.Lock()
	defer b.known.mu.Unlock()
	return b.operations
}

func (b *Bounded) resolve(key []byte, guessed bool) (operation, category string) {
	e := b.known.get(key)
	if e == nil {
		b.known.mu.Lock()
		defer b.known.mu.Unlock()
		if e = b.known.again(key); e == nil {
			return b.admit(key, guessed)
		}
	}
	return e.operation, e.category
}

func (b *Bounded) admit(key []byte, guessed bool) (operation, category string) {
	name := key[bytes.IndexByte(key, 0)+1:]
	m := b.categories[string(name)]
	if b.operations >= b.max || guessed && b.guesses >= (b.max+1)/2 || m != nil && m.n >= MaxPerCategory {
		b.overflow(key)
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
	b.known.put(own, e)
	return e.operation, e.category
}

func (b *Bounded) overflow(key []byte) {
	if len(b.seen) < overflowSeen {
		b.seen[maphash.Bytes(b.seed, key)] = struct{}{}
		b.overflowed.Store(int64(len(b.seen)))
	}
}
