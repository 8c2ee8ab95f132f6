package appframe

import (
	"slices"
	"strings"
)

// plumbing lists packages that serve, route or instrument requests: what they
// allocate, they allocate for the application. A path covers the packages below it
// too, unless it ends with a dot.
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

// IsApplication reports whether a function, by its full name as in [runtime.Frame],
// is the application's own: neither of the standard library nor of a package that
// serves or instruments the application.
func IsApplication(function string) bool { return function != "" && !isPlumbing(function) }

func isPlumbing(function string) bool {
	// Type arguments name other packages than the function's own.
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
