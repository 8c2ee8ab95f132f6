package otelmem

import (
	"strings"
	"sync/atomic"

	"github.com/otelmem/otelmem-go/otelmem/internal/spanstats"
	"github.com/otelmem/otelmem-go/spanhook"
)

// serviceName is the service's name, as the resource of its spans has it.
type serviceName struct{ known atomic.Pointer[string] }

// learn takes it from the first span. A name that the SDK made up is none.
func (n *serviceName) learn(_ *spanstats.Span, g *spanhook.Growth) {
	if n.known.Load() != nil {
		return
	}
	name := ""
	if resource := g.Span.Resource(); resource != nil {
		value, _ := resource.Set().Value("service.name")
		name = value.AsString()
	}
	if strings.HasPrefix(name, "unknown_service") {
		name = ""
	}
	n.known.Store(&name)
}

// String is the name; "" where it is not known.
func (n *serviceName) String() string {
	if name := n.known.Load(); name != nil {
		return *name
	}
	return ""
}
