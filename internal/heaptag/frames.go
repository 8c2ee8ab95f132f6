package heaptag

import (
	"runtime"
	"strings"
)

// Site is a line of code that allocates.
type Site struct {
	Function string
	File     string
	Line     int
}

// frame is what is known of one return address.
type frame struct {
	id          ID // of the tag whose call returns there; 0 for none
	application bool
	site        Site
}

// frames looks return addresses up, each once: a profile of 25,000 stacks has
// some thousand addresses. The stacks of records have an address for each frame,
// inlined ones included.
type frames struct {
	tags  map[uintptr]ID
	known map[uintptr]*frame
}

func newFrames(tags map[uintptr]ID) *frames {
	return &frames{tags: tags, known: make(map[uintptr]*frame)}
}

func (fs *frames) at(pc uintptr) *frame {
	f := fs.known[pc]
	if f == nil {
		resolved, _ := runtime.CallersFrames([]uintptr{pc}).Next()
		f = &frame{
			id:          fs.tags[pc],
			application: IsApplication(resolved.Function),
			site:        Site{resolved.Function, resolved.File, resolved.Line},
		}
		fs.known[pc] = f
	}
	return f
}

// place is what a whole stack says: the innermost tag, and the two lines that a
// person cares for: the application's nearest to the allocation, and nearest to
// the goroutine's start. They are nil where no application code is on the stack.
type place struct {
	id         ID
	site, root *Site
}

// add takes in the next frame from the allocation outwards.
func (p *place) add(f *frame) {
	if f.application {
		if p.site == nil {
			p.site = &f.site
		}
		p.root = &f.site
	}
	if p.id == 0 {
		p.id = f.id
	}
}

// plumbing is code that allocates for others.
var plumbing = []string{
	"go.opentelemetry.io/",
	"google.golang.org/",
	"github.com/felixge/httpsnoop.",
	"github.com/otelmem/otelmem-go/internal/",
	"github.com/otelmem/otelmem-go/spanhook",
	"github.com/otelmem/otelmem-go/dump",
	"github.com/otelmem/otelmem-go/otelmem",
}

// IsApplication says whether a function is the application's own: not of the
// standard library, and not code that serves or instruments it.
func IsApplication(function string) bool { return function != "" && !isPlumbing(function) }

func isPlumbing(function string) bool {
	// Packages of the standard library have no dot in their first element.
	first, _, _ := strings.Cut(function, "/")
	if first != function && !strings.Contains(first, ".") {
		return true
	}
	if first == function { // "main.f", "runtime.f", "net.f"
		pkg, _, _ := strings.Cut(function, ".")
		return pkg != "main"
	}
	for _, prefix := range plumbing {
		if strings.HasPrefix(function, prefix) {
			return true
		}
	}
	return false
}
