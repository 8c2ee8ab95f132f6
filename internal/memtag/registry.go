package memtag

import (
	"strings"
	"sync"
	"sync/atomic"

	"github.com/otelmem/otelmem-go/internal/attrs"
)

// overflowID is the tag of all operations beyond the bound.
const overflowID ID = 1

// Tag is an operation that has an id.
type Tag struct {
	ID        ID     `json:"id"`
	Operation string `json:"operation"`
	Category  string `json:"category"`
}

// Registry gives operations their ids: first come, first served, and one for all
// that come too late. It is safe for concurrent use; a known operation takes no
// lock and no allocation.
type Registry struct {
	known atomic.Pointer[map[string]ID] // copied on write

	mu     sync.Mutex
	tags   []Tag // by id
	beyond atomic.Int64
}

// Default is the program's registry: dispatch is one for all.
var Default = NewRegistry()

// NewRegistry returns an empty one.
func NewRegistry() *Registry {
	r := &Registry{tags: []Tag{{}, {ID: overflowID, Operation: attrs.Overflow, Category: attrs.Overflow}}}
	r.known.Store(&map[string]ID{})
	return r
}

// Find returns the id of an operation that has one.
func (r *Registry) Find(operation string) (ID, bool) {
	id, ok := (*r.known.Load())[operation]
	return id, ok
}

// Tag returns the id of an operation; a new one gets the category that category
// names, at most once. There are never more ids than call sites, so that writing
// the map anew for each is cheap enough.
func (r *Registry) Tag(operation string, category func() string) ID {
	if id, ok := r.Find(operation); ok {
		return id
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if id, ok := r.Find(operation); ok {
		return id
	}
	if len(r.tags) == tagCount {
		r.beyond.Add(1)
		return overflowID
	}
	operation = strings.Clone(operation)
	id := ID(len(r.tags))
	r.tags = append(r.tags, Tag{ID: id, Operation: operation, Category: category()})
	old := *r.known.Load()
	known := make(map[string]ID, len(old)+1)
	for name, id := range old {
		known[name] = id
	}
	known[operation] = id
	r.known.Store(&known)
	return id
}

// Table returns the tags given so far, by id.
func (r *Registry) Table() []Tag {
	r.mu.Lock()
	defer r.mu.Unlock()
	return append([]Tag(nil), r.tags...)
}

// Beyond is how many calls came for an operation beyond the bound.
func (r *Registry) Beyond() int64 { return r.beyond.Load() }
