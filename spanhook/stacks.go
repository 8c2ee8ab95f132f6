package spanhook

import (
	"maps"
	"runtime"
	"slices"
	"strings"
	"sync"
	"sync/atomic"

	"go.opentelemetry.io/otel/trace"
)

// Stacks are where a span began and where it ended: return addresses as of
// [runtime.Callers], the innermost first.
type Stacks struct{ Start, End []uintptr }

const (
	// firstStacks is of how many spans under a name stacks are taken at once; after
	// those it is one span in 256, by its id.
	firstStacks = 8
	// maxBegun is how many names are told apart.
	maxBegun = 1000
	// maxDepth is how many frames a stack may have. Longer ones say nothing.
	maxDepth = 128
)

// stackSampler decides of which spans stacks are taken. It is safe for
// concurrent use; a known name takes no lock and no allocation.
type stackSampler struct {
	known  atomic.Pointer[map[string]*begunAs] // copied on write
	others begunAs                             // beyond the bound

	mu sync.Mutex
}

// begunAs is what is known of the spans begun under one name.
type begunAs struct {
	name  string // "" beyond the bound
	taken atomic.Uint32
}

func newStackSampler() *stackSampler {
	s := new(stackSampler)
	s.known.Store(&map[string]*begunAs{})
	return s
}

func (s *stackSampler) of(name string) *begunAs {
	if b := (*s.known.Load())[name]; b != nil {
		return b
	}
	if len(*s.known.Load()) >= maxBegun {
		return &s.others
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	known := *s.known.Load()
	if b := known[name]; b != nil {
		return b
	}
	if len(known) >= maxBegun {
		return &s.others
	}
	b := &begunAs{name: strings.Clone(name)}
	known = maps.Clone(known)
	known[b.name] = b
	s.known.Store(&known)
	return b
}

// due says whether to take this span's stacks.
func (b *begunAs) due(id trace.SpanID) bool {
	if b.taken.Load() < firstStacks {
		return b.taken.Add(1) <= firstStacks
	}
	return id[len(id)-1] == 0
}

// stack is the caller's stack above the hook; nil where it is too deep.
//
//go:noinline // its frame is large, and few spans need it
func stack() []uintptr {
	var pcs [maxDepth]uintptr
	n := runtime.Callers(3, pcs[:]) // Callers, stack, the hook
	if n == len(pcs) {
		return nil
	}
	return slices.Clone(pcs[:n])
}
