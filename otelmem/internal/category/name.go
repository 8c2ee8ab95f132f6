package category

import (
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/trace"
)

// Operation is what is known of a span when it is named.
type Operation struct {
	// Name is the span's name.
	Name string
	// Kind is the span's kind.
	Kind trace.SpanKind
	// Scope is the name of the instrumentation scope that started the span.
	Scope string
	// Attributes are the span's attributes. They must not be changed.
	Attributes []attribute.KeyValue
}

// OperationName names the operation of a span, in at most 128 bytes of printable
// UTF-8, never empty:
//
//	HTTP server  method and route ("GET /api/records/{id}"), or "GET (no route)"
//	HTTP client  method, host, URL template when known ("GET api.example.com")
//	database     query summary, or operation and collection ("SELECT orders")
//	RPC          service and method ("shop.Orders/List")
//	messaging    operation and destination ("process orders")
//	GraphQL      the operation's type ("GraphQL query"); its name is the client's
//	Track        the name as it was given
//	all others   the span's name, ids replaced by "*"
func OperationName(op Operation) string {
	var p plan
	p.of(&op)
	var buf [maxName]byte
	return string(p.appendOperation(buf[:0]))
}

// Default names the category of a span, in at most 64 bytes of [a-z0-9_.-],
// never empty:
//
//	HTTP server  api_ and up to three static segments of the route, without "api"
//	             and versions: api_records, api_records_items; api_root for "/";
//	             without a route, by the first static segment of the path, or
//	             api_unmatched when the server rejected the request (4xx)
//	HTTP client  http_client_ and the host without its port
//	database     db_ and the system: db_elasticsearch
//	RPC          rpc_ and the service without its package: rpc_orders
//	messaging    messaging_, the system and the destination, by its template when
//	             there is one, unless it is temporary: messaging_kafka_orders
//	FaaS         faas_ and the function; GraphQL: graphql_ and the type
//	Track        the name that was given, clean
//	all others   the span's name without ids
func Default(op Operation) string {
	var p plan
	p.of(&op)
	var buf [maxLength]byte
	return string(p.appendCategory(buf[:0]))
}

// Route names the operation and category of requests that a router served:
// pattern is as the router has it, with or without a method and a host before
// the path (as in [http.ServeMux] patterns). They are the same as a server
// span's with that route, so that both meet in one account.
func Route(method, pattern string) (operation, category string) {
	p := plan{family: isServer, method: httpMethod(method), route: pathOf(pattern)}
	if p.route == "" {
		p.unmatched = true
	}
	var buf [maxName + maxLength]byte
	b := p.appendOperation(buf[:0])
	n := len(b)
	b = p.appendCategory(b)
	return string(b[:n]), string(b[n:])
}

// RPC returns the operation and the category of a remote procedure call, as
// "etcdserverpb.KV" and "Range", as for its spans.
func RPC(service, method string) (operation, category string) {
	p := plan{family: isRPC}
	p.rpcService, p.rpcMethod = service, method
	var buf [maxName + maxLength]byte
	b := p.appendOperation(buf[:0])
	n := len(b)
	b = p.appendCategory(b)
	return string(b[:n]), string(b[n:])
}
