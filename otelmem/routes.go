package otelmem

import (
	"strings"

	"go.opentelemetry.io/otel/attribute"

	"github.com/otelmem/otelmem-go/internal/cowmap"
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

// maxRoutes is of how many patterns and methods what is known is kept: beyond, it is
// found anew for each request.
const maxRoutes = 10_000

// routes are those of all muxes' patterns.
var routes knownRoutes

// knownRoutes finds a route without a lock or an allocation.
type knownRoutes struct {
	known cowmap.Map[methodAndPattern, *route]
}

type methodAndPattern struct{ method, pattern string }

func (k *knownRoutes) of(method, pattern string) *route {
	key := methodAndPattern{category.Method(method), pattern}
	if r := k.known.Load()[key]; r != nil {
		return r
	}
	r, _ := k.known.LoadOrStore(key, newRoute(heaptag.Default.Tag(category.Route(method, pattern)), pattern), maxRoutes)
	return r
}
