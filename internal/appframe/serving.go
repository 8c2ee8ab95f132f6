package appframe

import "strings"

// server is a package, those below it included, that calls the application for each
// request or job. Where parts are given, only functions with one of them in their
// name do; others, such as clients, are called by the application.
type server struct {
	path  string
	parts []string
}

var servers = []server{
	// HTTP.
	{"net/http", []string{"ServeHTTP"}},
	{"github.com/caddyserver/caddy/v2/modules/caddyhttp", []string{"/caddyhttp."}},
	{"github.com/felixge/httpsnoop", nil},
	{"github.com/gin-gonic/gin", []string{").Next", ").handleHTTPRequest", ").ServeHTTP", "gin.CustomRecovery", "gin.Logger"}},
	{"github.com/go-chi/chi", nil},
	{"github.com/gofiber/fiber", []string{"(*App)", ").Next"}},
	{"github.com/gorilla/handlers", nil},
	{"github.com/gorilla/mux", nil},
	{"github.com/julienschmidt/httprouter", nil},
	{"github.com/labstack/echo", []string{"(*Echo)", "/middleware.", ".Wrap"}},
	{"github.com/urfave/negroni", nil},
	{"github.com/valyala/fasthttp", []string{"(*Server)", "(*workerPool)"}},
	{"go.opentelemetry.io/contrib/instrumentation", []string{"ServeHTTP", "serveHTTP", "Middleware", "Handler", "ServerInterceptor"}},
	// Remote procedure calls and DNS.
	{"connectrpc.com/connect", []string{"Handler"}},
	{"github.com/grpc-ecosystem", []string{"Server", "ServeMux", "Handler"}},
	{"github.com/miekg/dns", []string{"serve", "ServeDNS"}},
	{"google.golang.org/grpc", []string{"(*Server)", "Interceptors", "getChain", "/transport.(*http2Server)"}},
	{"net/rpc", []string{"(*service)"}},
	// Jobs.
	{"github.com/alitto/pond", nil},
	{"github.com/go-co-op/gocron", nil},
	{"github.com/hibiken/asynq", []string{"(*processor)", "(*ServeMux)", "HandlerFunc"}},
	{"github.com/panjf2000/ants", nil},
	{"github.com/robfig/cron", nil},
	{"github.com/sourcegraph/conc", nil},
	{"golang.org/x/sync/errgroup", nil},
	{"k8s.io/apimachinery/pkg/util/wait", nil},
	{"sigs.k8s.io/controller-runtime/pkg/internal/controller", nil},
}

// Serves reports whether a function, by its full name, calls the application for
// each request or job, as servers, routers, middleware and schedulers do: an
// operation begins below it.
func Serves(function string) bool {
	path := PackageOf(function)
	for _, s := range servers {
		rest, ok := strings.CutPrefix(path, s.path)
		if !ok || rest != "" && rest[0] != '/' {
			continue
		}
		if s.parts == nil {
			return true
		}
		for _, part := range s.parts {
			if strings.Contains(function, part) {
				return true
			}
		}
	}
	return isGeneratedHandler(function)
}

// isGeneratedHandler reports whether protoc-gen-go-grpc made the function: it calls
// a service's method, as in shop._Stock_Check_Handler.func1.
func isGeneratedHandler(function string) bool {
	name := function[strings.LastIndexByte(function, '/')+1:]
	_, name, _ = strings.Cut(name, ".")
	name, _, _ = strings.Cut(name, ".")
	return strings.HasPrefix(name, "_") && strings.HasSuffix(name, "_Handler")
}

// PassesOn reports whether a package of the standard library only calls what it is
// given, so that what it was called with is the next function of a stack.
func PassesOn(function string) bool {
	switch PackageOf(function) {
	case "context", "net/http", "runtime/pprof", "sync", "testing", "time":
		return true
	}
	return false
}

// MayBegin reports whether an operation can begin with a function, by its full name:
// one of the application or of a dependency that is no server.
func MayBegin(function string) bool { return Of(function) >= Dependency && !Serves(function) }
