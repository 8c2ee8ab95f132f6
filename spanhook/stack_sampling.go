package spanhook

import (
	"runtime"
	"slices"
	"strings"
	"sync/atomic"

	"go.opentelemetry.io/otel/trace"

	"github.com/otelmem/otelmem-go/internal/cowmap"
)

// Stacks are where a span was started and where it was ended: return addresses as
// of [runtime.Callers], the innermost first; nil where a stack has 128 frames or more.
type Stacks struct{ Start, End []uintptr }

const (
	// firstSampled is how many spans of a name are sampled from the first on. Later
	// it is one in 256, by the span's id.
	firstSampled = 8
	// maxNames is how many span names are counted each on its own, by their first
	// maxName bytes.
	maxNames = 1000
	maxName  = 256
	// maxInner is of how many inner spans a local root keeps the stacks, and
	// maxAncestors how many spans lie between the two at most.
	maxInner     = 4
	maxAncestors = 32
	// maxFrames is the depth at which a stack is dropped: one that is cut says
	// nothing about the frames beyond the cut.
	maxFrames = 128
)

// stackSampler decides which spans' stacks are taken, by the name that a span was
// started with. It is safe for concurrent use; a known name costs neither a lock
// nor an allocation.
type stackSampler struct {
	names  cowmap.Map[string, *startName]
	others startName // all names beyond maxNames
}

// startName is a name that spans were started with.
type startName struct {
	name    string // "" for those beyond maxNames
	sampled atomic.Uint32
}

// startName returns the entry of name, made where it is new and there is room.
func (s *stackSampler) startName(name string) *startName {
	name = name[:min(len(name), maxName)]
	names := s.names.Load()
	if n := names[name]; n != nil {
		return n
	}
	if len(names) < maxNames {
		name = strings.Clone(name)
		if n, ok := s.names.LoadOrStore(name, &startName{name: name}, maxNames); ok {
			return n
		}
	}
	return &s.others
}

// bytes is about how much memory the names hold.
func (s *stackSampler) bytes() (n int64) {
	const entryBytes = 64
	for name := range s.names.Load() {
		n += entryBytes + int64(len(name))
	}
	return n
}

// sample says whether to take the stacks of the span with this id.
func (n *startName) sample(id trace.SpanID) bool {
	if n.sampled.Load() < firstSampled {
		return n.sampled.Add(1) <= firstSampled
	}
	return id[len(id)-1] == 0
}

// InnerSpan is a span that had a parent in this process.
type InnerSpan struct {
	StartedAs string
	Stacks    *Stacks
}

// giveToRoot keeps the stacks of an inner span for its local root, which is the
// operation that they belong to and is named when it ends. It returns false where
// the local root is not in flight.
func (t *inFlight) giveToRoot(k spanKey, inner InnerSpan) bool {
	for range maxAncestors {
		parent, found := t.giveOrClimb(k, inner)
		if !found {
			return false
		}
		if parent == (trace.SpanID{}) {
			return true
		}
		k.span = parent
	}
	return false
}

// giveOrClimb gives inner to the span of k where that is a local root, and returns
// its parent where it is not.
func (t *inFlight) giveOrClimb(k spanKey, inner InnerSpan) (parent trace.SpanID, found bool) {
	h := k.hash()
	s := &t.shards[h%shardCount]
	s.mu.Lock()
	defer s.mu.Unlock()
	i, found := s.index[h]
	if !found || s.slots[i].key != k {
		return parent, false
	}
	st := &s.slots[i].start
	if !st.localRoot {
		return st.parent, true
	}
	if len(st.inner) < maxInner {
		st.inner = append(st.inner, inner)
	}
	return parent, true
}

// callStack returns the stack of the hook's caller; nil where it is too deep.
//
//go:noinline // its frame is large, and few spans need it
func callStack() []uintptr {
	var pcs [maxFrames]uintptr
	n := runtime.Callers(3, pcs[:]) // skips Callers, callStack and the hook
	if n == len(pcs) {
		return nil
	}
	return slices.Clone(pcs[:n])
}
