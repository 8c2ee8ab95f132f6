package heaptag

import (
	"context"
	"hash/maphash"
	"maps"
	"runtime/pprof"
	"slices"
	"strings"
	"sync"
	"sync/atomic"

	"github.com/otelmem/otelmem-go/internal/attrs"
)

// OverflowID is the tag of all operations beyond the bound.
const OverflowID ID = 1

// OperationLabel is the pprof label that goroutines of an operation bear.
const OperationLabel = "operation"

// Tag is an operation that has an id. It is read-only.
type Tag struct {
	ID        ID     `json:"id"`
	Operation string `json:"operation"`
	Category  string `json:"category"`

	labels  pprof.LabelSet
	labeled context.Context // carries labels and nothing else
}

// SetLabels gives this goroutine, and those it starts, the tag's pprof label
// beside the labels that ctx carries. Undo it by pprof.SetGoroutineLabels of what it
// returns, which has ctx's labels: ctx itself, or where there are none a context
// that is quicker to ask. It allocates only where ctx carries labels.
func (t *Tag) SetLabels(ctx context.Context) context.Context {
	carries := false
	pprof.ForLabels(ctx, func(string, string) bool {
		carries = true
		return false
	})
	if carries {
		pprof.SetGoroutineLabels(pprof.WithLabels(ctx, t.labels))
		return ctx
	}
	pprof.SetGoroutineLabels(t.labeled)
	return context.Background()
}

func newTag(id ID, operation, category string) *Tag {
	t := &Tag{ID: id, Operation: strings.Clone(operation), Category: strings.Clone(category)}
	t.labels = pprof.Labels(OperationLabel, t.Operation)
	t.labeled = pprof.WithLabels(context.Background(), t.labels)
	return t
}

// Registry gives operations their tags: first come, first served, and one for
// all that come too late. It is safe for concurrent use; a known operation takes
// no lock and no allocation.
type Registry struct {
	known atomic.Pointer[map[string]*Tag] // copied on write

	mu     sync.Mutex
	tags   []*Tag // by id
	seed   maphash.Seed
	beyond map[uint64]struct{} // hashes of operations beyond the bound
}

// maxBeyond is up to how many operations beyond the bound are told apart.
const maxBeyond = 4096

// Default is the program's registry: dispatch is one for all.
var Default = NewRegistry()

// NewRegistry returns an empty one.
func NewRegistry() *Registry {
	r := &Registry{
		tags:   []*Tag{{}, newTag(OverflowID, attrs.Overflow, attrs.Overflow)},
		seed:   maphash.MakeSeed(),
		beyond: make(map[uint64]struct{}),
	}
	r.known.Store(&map[string]*Tag{})
	return r
}

// Find returns the tag of an operation; nil where it has none.
func (r *Registry) Find(operation string) *Tag { return (*r.known.Load())[operation] }

// Tag returns the tag of an operation; a new one gets this category. There are
// never more tags than call sites, so that writing the map anew for each is
// cheap enough.
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
	known := maps.Clone(*r.known.Load())
	known[tag.Operation] = tag
	r.known.Store(&known)
	return tag
}

// Table returns the tags given so far, by id.
func (r *Registry) Table() []*Tag {
	r.mu.Lock()
	defer r.mu.Unlock()
	return slices.Clone(r.tags)
}

// Beyond is how many distinct operations came beyond the bound, at most 4,096.
func (r *Registry) Beyond() int64 {
	r.mu.Lock()
	defer r.mu.Unlock()
	return int64(len(r.beyond))
}
