package heaptag

import (
	"runtime"
	"runtime/debug"
	"slices"
	"strings"
	"sync"
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
	owner       string // operation that the function was learned to belong to
	site        Site
}

// Owners are the operations of functions that belong to exactly one, by the
// function's [ShortName].
type Owners map[string]string

// newFrame is what a function's name and a line tell. A tag can be told by its line
// too: the compiler may give it a second call, as for a callee that is hot.
func (o Owners) newFrame(function, file string, line int) frame {
	f := frame{application: IsApplication(function), site: Site{ShortName(function), file, line}}
	f.owner = o[f.site.Function]
	if strings.HasSuffix(function, dispatchSuffix) {
		f.id, _ = tagAtLine(uint64(line))
	}
	return f
}

// ShortName is a function's name with its type arguments as "[...]", as in the
// runtime's tracebacks: they can be longer than a line, and each shape has others.
func ShortName(function string) string {
	open, end := strings.IndexByte(function, '['), strings.LastIndexByte(function, ']')
	if open < 0 || end < open {
		return function
	}
	return function[:open] + "[...]" + function[end+1:]
}

// frames looks return addresses up, each once: a profile of 25,000 stacks has
// some thousand addresses. The stacks of records have an address for each frame,
// inlined ones included.
type frames struct {
	tags   map[uintptr]ID
	owners Owners
	known  map[uintptr]*frame
}

func newFrames(tags map[uintptr]ID, owners Owners) *frames {
	return &frames{tags: tags, owners: owners, known: make(map[uintptr]*frame)}
}

func (fs *frames) at(pc uintptr) *frame {
	f := fs.known[pc]
	if f == nil {
		resolved, _ := runtime.CallersFrames([]uintptr{pc}).Next()
		made := fs.owners.newFrame(resolved.Function, resolved.File, resolved.Line)
		if id, ok := fs.tags[pc]; ok {
			made.id = id
		}
		f = &made
		fs.known[pc] = f
	}
	return f
}

// place is what a whole stack says: the innermost tag, the innermost function that
// has an owner, and the two lines that a person cares for: the application's
// nearest to the allocation, and nearest to the goroutine's start. They are nil
// where no application code is on the stack.
type place struct {
	id         ID
	owner      string
	site, root *Site
	outermost  string // function, whatever it is
}

// add takes in the next frame from the allocation outwards.
func (p *place) add(f *frame) {
	p.outermost = f.site.Function
	if f.application {
		if p.site == nil {
			p.site = &f.site
		}
		p.root = &f.site
	}
	if p.id == 0 {
		p.id = f.id
	}
	if p.owner == "" {
		p.owner = f.owner
	}
}

// plumbing is code that allocates for others: packages, with what lies below them
// unless they end with a dot.
var plumbing = []string{
	"go.opentelemetry.io/",
	"google.golang.org/",
	"golang.org/x/net/",
	"golang.org/x/sync/",
	"connectrpc.com/connect",
	"github.com/felixge/httpsnoop",
	"github.com/gin-gonic/gin",
	"github.com/go-chi/chi",
	"github.com/gofiber/fiber",
	"github.com/gorilla/handlers",
	"github.com/gorilla/mux",
	"github.com/grpc-ecosystem/",
	"github.com/julienschmidt/httprouter",
	"github.com/labstack/echo",
	"github.com/urfave/negroni",
	"github.com/valyala/fasthttp",
	"github.com/otelmem/otelmem-go/internal/",
	"github.com/otelmem/otelmem-go/spanhook",
	"github.com/otelmem/otelmem-go/dump",
	"github.com/otelmem/otelmem-go/otelmem.",
	"github.com/otelmem/otelmem-go/otelmem/debugpage",
	"github.com/otelmem/otelmem-go/otelmem/internal/",
	"github.com/otelmem/otelmem-go/otelmem/setup",
	"github.com/google/pprof",
}

// IsApplication says whether a function is the application's own: not of the
// standard library, and not code that serves or instruments it.
func IsApplication(function string) bool { return function != "" && !isPlumbing(function) }

func isPlumbing(function string) bool {
	// Type arguments name packages that the function is not of.
	function, _, _ = strings.Cut(function, "[")
	if slices.ContainsFunc(dotlessModules(), func(module string) bool {
		rest, ok := strings.CutPrefix(function, module)
		return ok && (strings.HasPrefix(rest, "/") || strings.HasPrefix(rest, "."))
	}) {
		return false
	}
	// Packages of the standard library have no dot in their first element.
	first, _, _ := strings.Cut(function, "/")
	if first != function && !strings.Contains(first, ".") {
		return true
	}
	if first == function { // "main.f", "runtime.f", "net.f"
		pkg, _, _ := strings.Cut(function, ".")
		return pkg != "main"
	}
	return slices.ContainsFunc(plumbing, func(path string) bool {
		rest, ok := strings.CutPrefix(function, path)
		return ok && (strings.ContainsAny(path[len(path)-1:], "/.") || strings.HasPrefix(rest, "/") || strings.HasPrefix(rest, "."))
	})
}

// dotlessModules are the program's modules whose first element has no dot, as
// private ones often are named. By name they look like the standard library.
var dotlessModules = sync.OnceValue(func() []string {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return nil
	}
	return dotless(info)
})

func dotless(info *debug.BuildInfo) (paths []string) {
	for _, module := range append([]*debug.Module{&info.Main}, info.Deps...) {
		first, _, _ := strings.Cut(module.Path, "/")
		if first != "" && first != "std" && !strings.Contains(first, ".") {
			paths = append(paths, module.Path)
		}
	}
	return paths
}
