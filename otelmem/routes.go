package otelmem

import (
	"maps"
	"strings"
	"sync"
	"sync/atomic"

	"go.opentelemetry.io/otel/attribute"

	"github.com/otelmem/otelmem-go/internal/heaptag"
	"github.com/otelmem/otelmem-go/otelmem/internal/category"
)

// route is what is known of a route's requests before they are served.
type route struct {
	tag *heaptag.Tag
	// span has the attribute http.route, for the server's span; none where the
	// operation is no route.
	span []attribute.KeyValue
}

// newRoute is the route of a pattern, with or without a method and a host.
func newRoute(tag *heaptag.Tag, pattern string) *route {
	r := &route{tag: tag}
	if i := strings.IndexByte(pattern, '/'); i >= 0 {
		r.span = []attribute.KeyValue{attribute.String("http.route", pattern[i:])}
	}
	return r
}

// routes are those of all muxes' patterns.
var routes = new(knownRoutes)

// knownRoutes finds a route without a lock or an allocation. It grows with the
// patterns in the program and the methods there are, and no further.
type knownRoutes struct {
	known atomic.Pointer[map[methodAndPattern]*route]
	mu    sync.Mutex
}

type methodAndPattern struct{ method, pattern string }

func (k *knownRoutes) of(method, pattern string) *route {
	key := methodAndPattern{category.Method(method), pattern}
	if known := k.known.Load(); known != nil {
		if r := (*known)[key]; r != nil {
			return r
		}
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	known := make(map[methodAndPattern]*route)
	if old := k.known.Load(); old != nil {
		maps.Copy(known, *old)
	}
	r := newRoute(heaptag.Default.Tag(category.Route(method, pattern)), pattern)
	known[key] = r
	k.known.Store(&known)
	return r
}
