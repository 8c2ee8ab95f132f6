// Package cowmap has a map that is copied on each write, for few keys that are soon
// all known and are looked up all the time.
package cowmap

import (
	"maps"
	"sync"
	"sync/atomic"
)

// Map is read without a lock and without an allocation; each write copies it. The zero
// value is empty and ready. It is safe for concurrent use.
type Map[K comparable, V any] struct {
	current atomic.Pointer[map[K]V] // never written to
	mu      sync.Mutex              // serialises writers
}

// Load returns what the map holds now, for reading only; nil while it is empty.
func (m *Map[K, V]) Load() map[K]V {
	if current := m.current.Load(); current != nil {
		return *current
	}
	return nil
}

// Store sets the values of more.
func (m *Map[K, V]) Store(more map[K]V) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.store(more)
}

// LoadOrStore returns the value of key, which is value where it has none yet. It
// returns false where there is no room: the map holds most keys already.
func (m *Map[K, V]) LoadOrStore(key K, value V, most int) (V, bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	current := m.Load()
	if known, ok := current[key]; ok {
		return known, true
	}
	if len(current) >= most {
		return value, false
	}
	m.store(map[K]V{key: value})
	return value, true
}

func (m *Map[K, V]) store(more map[K]V) {
	current := m.Load()
	next := make(map[K]V, len(current)+len(more))
	maps.Copy(next, current)
	maps.Copy(next, more)
	m.current.Store(&next)
}
