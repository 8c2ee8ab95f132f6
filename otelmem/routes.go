package otelmem

import (
	"maps"
	"sync"
	"sync/atomic"

	"github.com/otelmem/otelmem-go/internal/heaptag"
	"github.com/otelmem/otelmem-go/otelmem/internal/category"
)

// routes are the tags of all muxes' patterns.
var routes = new(routeTags)

// routeTags finds the tag of a route without a lock or an allocation. It grows
// with the patterns in the program and the methods there are, and no further.
type routeTags struct {
	known atomic.Pointer[map[methodAndPattern]*heaptag.Tag]
	mu    sync.Mutex
}

type methodAndPattern struct{ method, pattern string }

func (t *routeTags) tag(method, pattern string) *heaptag.Tag {
	key := methodAndPattern{category.Method(method), pattern}
	if known := t.known.Load(); known != nil {
		if tag := (*known)[key]; tag != nil {
			return tag
		}
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	known := make(map[methodAndPattern]*heaptag.Tag)
	if old := t.known.Load(); old != nil {
		maps.Copy(known, *old)
	}
	tag := heaptag.Default.Tag(category.Route(method, pattern))
	known[key] = tag
	t.known.Store(&known)
	return tag
}
