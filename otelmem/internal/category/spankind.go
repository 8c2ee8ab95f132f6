package category

import (
	"strings"

	"go.opentelemetry.io/otel/trace"

	"github.com/otelmem/otelmem-go/internal/attrs"
)

// family is the kind of work a span is.
type family uint8

const (
	isOther family = iota
	isServer
	isClient
	isDB
	isRPC
	isMessaging
	isFaaS
	isGraphQL
	isTracked // named by a person
)

// plan is how a span is named, decided once for its operation and category.
type plan struct {
	facts
	family family
	name   string // the span's
	// route is the server's, when the code wrote it.
	route string
	// guess is a path that the client wrote, to be named by its first static
	// segment.
	guess string
	// unmatched says that the client's words are no name for anything.
	unmatched bool
	// guessed says that someone outside the program has a say in the name.
	guessed bool
	// method is the HTTP method, one of the known ones or "_OTHER"; or empty.
	method string
}

func (p *plan) of(op *Operation) {
	p.read(op.Attributes)
	p.name = op.Name
	named, pattern := splitMethod(op.Name)
	inbound := op.Kind == trace.SpanKindServer || op.Kind == trace.SpanKindConsumer
	switch {
	case op.Scope == attrs.Scope: // Track
		p.family = isTracked
	case p.dbSystem != "" && !inbound:
		p.family = isDB
	case p.messaging != "" && (p.facts.route == "" || op.Kind != trace.SpanKindServer):
		p.family = isMessaging
		p.guessed = p.destination != "" && p.destinationTemplate == ""
	case p.rpcSystem != "" || p.rpcService != "":
		p.ofRPC(op.Kind)
	case op.Kind == trace.SpanKindClient:
		p.ofClient(named)
	case p.graphql != "":
		p.family = isGraphQL
	case p.facts.route != "" || pattern != "" || p.facts.method != "" || inbound && named != "":
		p.ofServer(named, pattern, op.Scope)
	case p.faas != "" || p.faasName != "":
		p.family = isFaaS
	}
}

func (p *plan) ofRPC(kind trace.SpanKind) {
	p.family = isRPC
	p.wholeRPC(p.name)
	// Newer instrumentations write the full method: service and method.
	if full := strings.TrimPrefix(p.rpcMethod, "/"); p.rpcService == "" {
		if i := strings.LastIndexByte(full, '/'); i > 0 {
			p.rpcService, p.rpcMethod = full[:i], full[i+1:]
		}
	}
	unimplemented, known := p.unimplemented()
	p.unmatched = unimplemented
	p.guessed = kind == trace.SpanKindServer && !known
}

func (p *plan) ofClient(named string) {
	if p.facts.method == "" && named == "" && p.host == "" {
		if p.peer != "" {
			p.family, p.host = isClient, p.peer
		}
		return
	}
	p.family = isClient
	p.setMethod(named)
	if p.host == "" {
		p.host = p.peer
	}
	p.host = trimPort(p.host)
	// Webhooks go where customers say.
	p.guessed = p.host != ""
}

func (p *plan) ofServer(named, pattern, scope string) {
	p.family = isServer
	p.setMethod(named)
	p.route = pathOf(p.facts.route)
	if p.route == "" && pattern != "" && p.isPattern(pattern) {
		p.route = pattern
	}
	if p.route != "" {
		p.wholeRoute(pattern)
		return
	}
	rejected := p.status >= 400 && p.status < 500
	if strings.HasPrefix(scope, contribScope) && pattern != "" && pattern == p.path && !rejected && isStatic(pattern) {
		// These name spans by the router's pattern; a user's own formatter may
		// put the path there, so that it is a guess all the same.
		p.route, p.guessed = pattern, true
		return
	}
	p.guess, p.guessed = p.path, true
	if p.guess == "" {
		p.guess = pattern
	}
	if p.guess == "" || rejected {
		p.unmatched, p.guessed = true, false
	}
}

// isPattern says whether a path in a span's name was written by the code. Many
// programs put the raw path there.
func (p *plan) isPattern(pattern string) bool {
	if strings.Contains(p.path, "%") {
		return false // could be told from the name by its escapes alone
	}
	if pattern == p.path {
		return false // or is a route without placeholders: the guess serves both
	}
	wild := strings.ContainsAny(pattern, "{<[") || strings.Contains(pattern, "/:") || strings.Contains(pattern, "/*")
	if p.path == "" {
		return wild
	}
	return matches(pattern, p.path) || wild && endMatches(pattern, p.path)
}

// contribScope is how the instrumentation scopes of OpenTelemetry's own
// instrumentation of routers begin.
const contribScope = "go.opentelemetry.io/contrib/instrumentation/"

// isStatic says whether no segment of a path looks like a value.
func isStatic(path string) bool {
	for segment := range strings.SplitSeq(path, "/") {
		if segment != "" && !static(segment) && (digit(segment[0]) || !version(segment)) {
			return false
		}
	}
	return true
}

func (p *plan) setMethod(named string) {
	p.method = named
	if p.facts.method != "" {
		p.method = httpMethod(p.facts.method)
	}
}

// splitMethod takes "GET /path" apart; "HTTP GET" and "GET" have no path. A name
// of another form has neither.
func splitMethod(name string) (method, pattern string) {
	name = strings.TrimPrefix(clip(name, maxScan), "HTTP ")
	method, rest, _ := strings.Cut(name, " ")
	if method == "HTTP" { // what otelhttp writes for a method it does not know
		method = "_OTHER"
	} else if !knownMethod(method) {
		if strings.HasPrefix(name, "/") && !strings.Contains(name, " ") {
			return "", urlPath(name)
		}
		return "", ""
	}
	if rest == "" {
		return method, ""
	}
	if i := strings.IndexByte(rest, '/'); i >= 0 {
		return method, urlPath(rest[i:])
	}
	return "", ""
}

func knownMethod(m string) bool {
	switch m {
	case "GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "CONNECT", "OPTIONS", "TRACE", "QUERY":
		return true
	}
	return false
}

// Method is the method if it is a known one, else "_OTHER".
func Method(m string) string { return httpMethod(m) }

// httpMethod is the method if it is a known one, else "_OTHER", as the
// conventions have it: a client can invent methods.
func httpMethod(m string) string {
	if knownMethod(m) {
		return m
	}
	for _, known := range [...]string{"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "CONNECT", "OPTIONS", "TRACE", "QUERY"} {
		if len(m) == len(known) && strings.EqualFold(m, known) {
			return known
		}
	}
	return "_OTHER"
}
