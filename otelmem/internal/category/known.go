package category

import (
	"sync"

	"github.com/otelmem/otelmem-go/internal/cowmap"
)

// entry is a known operation in its category.
type entry struct{ operation, category string }

// known is a map that is read without a lock. What is new waits in fresh until
// as many lookups ended there as a copy of the whole costs, so that n entries
// cost in the order of n copies of an entry. The zero value is ready.
type known struct {
	published cowmap.Map[string, *entry]

	mu     sync.Mutex
	fresh  map[string]*entry
	misses int
}

// get takes no lock; nil: ask again.
func (k *known) get(key []byte) *entry { return k.published.Load()[string(key)] }

// again looks in all there is. It needs the lock.
func (k *known) again(key []byte) *entry {
	e := k.fresh[string(key)]
	if e == nil {
		return k.get(key) // published while the lock was awaited
	}
	if k.misses++; k.misses > k.len() {
		k.publish()
	}
	return e
}

// put adds an entry. It needs the lock.
func (k *known) put(key string, e *entry) {
	if k.fresh == nil {
		k.fresh = make(map[string]*entry)
	}
	k.fresh[key] = e
}

func (k *known) len() int { return len(k.fresh) + len(k.published.Load()) }

func (k *known) publish() {
	k.published.Store(k.fresh)
	clear(k.fresh)
	k.misses = 0
}
