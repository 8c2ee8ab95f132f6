package heaptag

import (
	"hash/maphash"
	"slices"
	"strings"
	"sync"

	"github.com/otelmem/otelmem-go/internal/attrs"
	"github.com/otelmem/otelmem-go/internal/cowmap"
)

// OverflowID is the tag that all operations share for which no tag is left.
const OverflowID ID = 1

// Registry gives operations their tags: first come, first served. When all are taken,
// further operations share [OverflowID]. It is safe for concurrent use; looking up a
// known operation takes no lock and allocates nothing.
type Registry struct {
	known cowmap.Map[string, *Tag]

	mu     sync.Mutex
	tags   []*Tag // by id
	seed   maphash.Seed
	beyond map[uint64]struct{} // hashes of the operations that share OverflowID
}

// maxBeyond bounds how many distinct operations without a tag of their own are counted.
const maxBeyond = 4096

// Default is the registry of the whole program, which has only one dispatch.
var Default = NewRegistry()

// NewRegistry returns a registry without operations.
func NewRegistry() *Registry {
	return &Registry{
		tags:   []*Tag{{}, newTag(OverflowID, attrs.Overflow, attrs.Overflow)},
		seed:   maphash.MakeSeed(),
		beyond: make(map[uint64]struct{}),
	}
}

// Find returns the tag of an operation; nil where it has none.
func (r *Registry) Find(operation string) *Tag { return r.known.Load()[operation] }

// Tag returns the tag of an operation. Where it has none yet, it gets the next free
// one and this category. Each new tag copies the map of known ones, which has at most
// as many entries as there are call sites.
func (r *Registry) Tag(operation, category string) *Tag {
	if tag := r.Find(operation); tag != nil {
		return tag
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if tag := r.Find(operation); tag != nil {
		return tag
	}
	if len(r.tags) == Count {
		if len(r.beyond) < maxBeyond {
			r.beyond[maphash.String(r.seed, operation)] = struct{}{}
		}
		return r.tags[OverflowID]
	}
	tag := newTag(ID(len(r.tags)), operation, category)
	r.tags = append(r.tags, tag)
	r.known.Store(map[string]*Tag{tag.Operation: tag})
	return tag
}

// SetCategory moves an operation that has a tag to another category. Contexts may
// carry the tag as it was.
func (r *Registry) SetCategory(operation, category string) {
	if tag := r.Find(operation); tag == nil || tag.Category == category {
		return
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	moved := *r.Find(operation)
	moved.Category = strings.Clone(category)
	r.tags[moved.ID] = &moved
	r.known.Store(map[string]*Tag{moved.Operation: &moved})
}

// Table returns the tags in use, indexed by id.
func (r *Registry) Table() []*Tag {
	r.mu.Lock()
	defer r.mu.Unlock()
	return slices.Clone(r.tags)
}

// Beyond returns how many distinct operations share [OverflowID], at most 4,096.
func (r *Registry) Beyond() int64 {
	r.mu.Lock()
	defer r.mu.Unlock()
	return int64(len(r.beyond))
}
