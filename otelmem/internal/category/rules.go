package category

import (
	"strings"

	"go.opentelemetry.io/otel/trace"

	"github.com/otelmem/otelmem-go/internal/attrs"
)

// maxRouteSegments is how many words of a route make its category.
const maxRouteSegments = 3

// Default names an operation's category by the semantic conventions, the current
// ones and those before:
//
//	HTTP server      api_ and the words of its route: api_records, api_users_orders
//	HTTP client      http_client_ and the host
//	database         db_ and the system
//	RPC              rpc_ and the service, without its package
//	messaging        messaging_ and the system, and the destination if it lasts
//	function         faas_ and the name
//	GraphQL          graphql_ and the type of operation
//	anything else    the span's name, without what looks like an id
func Default(op Operation) string {
	f := read(op.Attributes)
	switch {
	case op.Scope == attrs.Scope: // Track: a person chose the name
		return Clean(op.Name)
	case f.db != "":
		return Clean("db_" + f.db)
	case f.rpc != "" || f.rpcService != "":
		return Clean("rpc_" + rpcName(&f))
	case f.messaging != "":
		if f.destination == "" || f.temporary {
			return Clean("messaging_" + f.messaging)
		}
		return Clean("messaging_" + f.messaging + "_" + withoutIDs(f.destination))
	case f.graphql != "":
		return Clean("graphql_" + f.graphql)
	case isHTTP(&f) && op.Kind == trace.SpanKindClient:
		if f.server == "" {
			return "http_client"
		}
		return Clean("http_client_" + withoutPort(f.server))
	case op.Kind == trace.SpanKindServer && (isHTTP(&f) || routeInName(op.Name) != ""):
		return serverCategory(op.Name, &f)
	case f.faas != "":
		return Clean("faas_" + f.faas)
	default:
		return Clean(withoutIDs(op.Name))
	}
}

// Name is the operation's name: method and route of an HTTP server, the span's
// name of all else. A server that tells no route has one name for a method.
func Name(op Operation) string {
	if op.Kind != trace.SpanKindServer {
		return op.Name
	}
	f := read(op.Attributes)
	if !isHTTP(&f) {
		return op.Name
	}
	route := f.route
	if route == "" {
		route = routeInName(op.Name)
	}
	if route == "" {
		return strings.TrimSpace(knownMethod(f.method) + " (no route)")
	}
	return strings.TrimSpace(knownMethod(f.method) + " " + route)
}

func isHTTP(f *facts) bool { return f.method != "" || f.route != "" }

func serverCategory(name string, f *facts) string {
	route := f.route
	if route == "" {
		route = routeInName(name)
	}
	if route == "" {
		// A path is what a client made up: its first word, if it is one.
		route = firstSegment(f.path)
	}
	words := routeWords(route)
	if len(words) > 0 && words[0] == "api" {
		words = words[1:]
	}
	if len(words) == 0 {
		return "api_root"
	}
	return Clean("api_" + strings.Join(words[:min(len(words), maxRouteSegments)], "_"))
}

// routeInName is the route in a span's name like "GET /api/{id}".
func routeInName(name string) string {
	method, route, ok := strings.Cut(name, " ")
	if !ok || knownMethod(method) != method || !strings.HasPrefix(route, "/") {
		return ""
	}
	return route
}

// knownMethod is the method, or _OTHER for one that a client made up.
func knownMethod(method string) string {
	switch method {
	case "GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "CONNECT", "OPTIONS", "TRACE", "QUERY", "":
		return method
	}
	return "_OTHER"
}

// routeWords are the segments of a route that are words: no placeholders and no
// versions.
func routeWords(route string) []string {
	var words []string
	for segment := range strings.SplitSeq(route, "/") {
		if segment == "" || isPlaceholder(segment) || isVersion(segment) {
			continue
		}
		words = append(words, segment)
	}
	return words
}

func isPlaceholder(segment string) bool {
	switch segment[0] {
	case '{', ':', '*', '<', '[', '$':
		return true
	}
	return strings.HasSuffix(segment, "}") || strings.HasSuffix(segment, "*")
}

func isVersion(segment string) bool {
	digits, ok := strings.CutPrefix(segment, "v")
	return ok && digits != "" && strings.Trim(digits, "0123456789.") == ""
}

// firstSegment is the first word of a path that may be anything.
func firstSegment(path string) string {
	for segment := range strings.SplitSeq(path, "/") {
		if segment == "" || segment == "api" || isVersion(segment) {
			continue
		}
		if looksLikeID(segment) {
			return ""
		}
		return segment
	}
	return ""
}

// rpcName is the service without its package, or the system.
func rpcName(f *facts) string {
	if f.rpcService == "" {
		return f.rpc
	}
	return f.rpcService[strings.LastIndexByte(f.rpcService, '.')+1:]
}

// serviceOf is the service in a method like "package.Service/Method".
func serviceOf(method string) string {
	service, _, ok := strings.Cut(strings.TrimPrefix(method, "/"), "/")
	if !ok {
		return ""
	}
	return service
}
