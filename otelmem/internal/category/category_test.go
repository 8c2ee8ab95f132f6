package category

import (
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/trace"

	"github.com/otelmem/otelmem-go/internal/attrs"
)

const (
	server   = trace.SpanKindServer
	client   = trace.SpanKindClient
	producer = trace.SpanKindProducer
	consumer = trace.SpanKindConsumer
	internal = trace.SpanKindInternal
)

// span makes an Operation of pairs of key and value: string, int or bool.
func span(kind trace.SpanKind, name string, pairs ...any) Operation {
	o := Operation{Name: name, Kind: kind, Scope: "test"}
	for i := 0; i < len(pairs); i += 2 {
		key := attribute.Key(pairs[i].(string))
		switch v := pairs[i+1].(type) {
		case string:
			o.Attributes = append(o.Attributes, key.String(v))
		case int:
			o.Attributes = append(o.Attributes, key.Int(v))
		case bool:
			o.Attributes = append(o.Attributes, key.Bool(v))
		}
	}
	return o
}

func scoped(scope string, o Operation) Operation {
	o.Scope = scope
	return o
}

const uuid = "8c1d2f40-1111-4222-8333-444455556666"

func TestSpansAreNamed(t *testing.T) {
	for _, test := range []struct {
		does                string
		op                  Operation
		operation, category string
	}{
		{"server with a route", span(server, "GET /api/records", "http.request.method", "GET", "http.route", "/api/records"), "GET /api/records", "api_records"},
		{"server with a route without api", span(server, "GET", "http.request.method", "GET", "http.route", "/records"), "GET /records", "api_records"},
		{"server with version and placeholder", span(server, "GET", "http.request.method", "GET", "http.route", "/api/v1/records/{id}"), "GET /api/v1/records/{id}", "api_records"},
		{"server, older names", span(server, "x", "http.method", "GET", "http.route", "/records/:id"), "GET /records/:id", "api_records"},
		{"server, flask placeholder", span(server, "x", "http.method", "GET", "http.route", "/records/<int:id>/lines"), "GET /records/<int:id>/lines", "api_records_lines"},
		{"server, next placeholder", span(server, "x", "http.method", "GET", "http.route", "/blog/[[...slug]]"), "GET /blog/[[...slug]]", "api_blog"},
		{"server, rest of the path", span(server, "x", "http.method", "GET", "http.route", "/static/*filepath"), "GET /static/*filepath", "api_static"},
		{"server, slash within a placeholder", span(server, "x", "http.method", "GET", "http.route", "/f/{p:[a-z/]+}/raw"), "GET /f/{p:[a-z/]+}/raw", "api_f_raw"},
		{"server, route with method and host", span(server, "x", "http.method", "GET", "http.route", "GET example.com/records"), "GET /records", "api_records"},
		{"server, route of many segments", span(server, "x", "http.method", "PUT", "http.route", "/a/b/c/d/e"), "PUT /a/b/c/d/e", "api_a_b_c"},
		{"server at the root", span(server, "GET /", "http.request.method", "GET", "http.route", "/"), "GET /", "api_root"},
		{"server, only placeholders", span(server, "x", "http.request.method", "GET", "http.route", "/{id}"), "GET /{id}", "api_root"},
		{"server, method in lower case", span(server, "x", "http.method", "get", "http.route", "/a"), "GET /a", "api_a"},
		{"server, invented method", span(server, "x", "http.method", "EVIL17", "http.route", "/a"), "_OTHER /a", "api_a"},
		{"server, raw path in http.route", span(server, "x", "http.method", "GET", "http.route", "/users/"+uuid+"/orders"), "GET /users/*/orders", "api_users_orders"},
		{"server, pattern in the name alone", span(server, "GET /api/records/{id...}"), "GET /api/records/{id...}", "api_records"},
		{"server, subtree pattern in the name", span(server, "GET /static/", "http.method", "GET", "url.path", "/static/a/b.js"), "GET /static/", "api_static"},
		{"server, pattern that fits the path", span(server, "GET /users/{id}/cart", "http.method", "GET", "url.path", "/users/7/cart"), "GET /users/{id}/cart", "api_users_cart"},
		{"server, pattern that fits the end of the path", span(server, "/label/:name/values", "http.method", "GET", "url.path", "/api/v1/label/code/values"), "GET /label/:name/values", "api_label_values"},
		{"server, the end of a raw path", span(server, "/label/:name/values", "http.method", "GET", "url.path", "/api/v1/label/:name/values"), "GET (no route)", "api_label"},
		{"server, pattern of another path", span(server, "/label/:name/values", "http.method", "GET", "url.path", "/api/v1/series/code/values"), "GET (no route)", "api_series"},

		{"server without a route, uuid", span(server, "GET", "http.request.method", "GET", "url.path", "/api/records/"+uuid), "GET (no route)", "api_records"},
		{"server without a route, raw path as name", span(server, "GET /api/records/17", "http.request.method", "GET", "url.path", "/api/records/17"), "GET (no route)", "api_records"},
		{"server without a route, escaped path", span(server, "GET /{x}/y", "http.request.method", "GET", "url.path", "/%7Bx%7D/y"), "GET (no route)", "api_y"},
		{"server without a route, target with query", span(server, "GET", "http.method", "GET", "http.target", "/api/records?limit=1000"), "GET (no route)", "api_records"},
		{"server without a route, whole URL", span(server, "HTTP GET", "http.method", "GET", "http.url", "http://host:80/v2/records/17?x=/y"), "GET (no route)", "api_records"},
		{"server without a route, digits", span(server, "GET", "http.request.method", "GET", "url.path", "/1234567"), "GET (no route)", "api_root"},
		{"server without a route, e-mail", span(server, "GET", "http.request.method", "GET", "url.path", "/bob@example.com/mail"), "GET (no route)", "api_mail"},
		{"server without a route, token", span(server, "GET", "http.request.method", "GET", "url.path", "/eyJhbGciOiJIUzI1NiJ9.e30/me"), "GET (no route)", "api_me"},
		{"server without a route, rejected", span(server, "GET", "http.request.method", "GET", "url.path", "/wp-admin", "http.response.status_code", 404), "GET (no route)", "api_unmatched"},
		{"server without a route, contrib's pattern", scoped(contribScope+"net/http/otelhttp", span(server, "GET /api/records", "http.request.method", "GET", "url.path", "/api/records")), "GET /api/records", "api_records"},
		{"server without a route, raw path under contrib", scoped(contribScope+"net/http/otelhttp", span(server, "GET /api/records/17", "http.request.method", "GET", "url.path", "/api/records/17")), "GET (no route)", "api_records"},
		{"server without a route or a path", span(server, "GET"), "GET (no route)", "api_unmatched"},
		{"server of another kind", span(server, "handle frame"), "handle frame", "handle_frame"},

		{"database", span(client, "SELECT users", "db.system.name", "postgresql"), "SELECT users", "db_postgresql"},
		{"database, older names", span(client, "x", "db.system", "postgresql", "db.operation", "SELECT", "db.sql.table", "orders"), "SELECT orders", "db_postgresql"},
		{"database, current names win", span(client, "x", "db.operation", "old", "db.operation.name", "INSERT", "db.operation", "old", "db.system.name", "mysql", "db.system", "other", "db.collection.name", "lines"), "INSERT lines", "db_mysql"},
		{"database, table by month", span(client, "x", "db.system", "clickhouse", "db.operation", "SELECT", "db.collection.name", "events_2025_11"), "SELECT events_*", "db_clickhouse"},
		{"database, summary", span(client, "x", "db.system.name", "mysql", "db.query.summary", "SELECT a b", "db.operation.name", "SELECT"), "SELECT a b", "db_mysql"},
		{"database, statement as the name", span(client, "SELECT * FROM users WHERE mail='bob@example.com'", "db.system", "mysql"), "SELECT * FROM users WHERE mail", "db_mysql"},
		{"database over HTTP", span(client, "search", "db.system.name", "elasticsearch", "http.request.method", "POST", "server.address", "es"), "search", "db_elasticsearch"},

		{"RPC", span(server, "helloworld.Greeter/SayHello", "rpc.system", "grpc", "rpc.service", "helloworld.Greeter", "rpc.method", "SayHello"), "helloworld.Greeter/SayHello", "rpc_greeter"},
		{"RPC, full method", span(client, "x", "rpc.system.name", "grpc", "rpc.method", "/helloworld.Greeter/SayHello"), "helloworld.Greeter/SayHello", "rpc_greeter"},
		{"RPC, method the server does not know", span(server, "x", "rpc.system", "grpc", "rpc.service", "evil", "rpc.method", "x1", "rpc.grpc.status_code", 12), "unmatched RPC", "rpc_unmatched"},
		{"RPC, _OTHER", span(server, "x", "rpc.system.name", "connectrpc", "rpc.method", "_OTHER"), "unmatched RPC", "rpc_unmatched"},
		{"RPC of AWS", span(client, "S3.PutObject", "rpc.system", "aws-api", "rpc.service", "S3", "rpc.method", "PutObject"), "S3/PutObject", "rpc_s3"},
		{"RPC without a service", span(client, "ping", "rpc.system", "jsonrpc"), "ping", "rpc_jsonrpc"},

		{"consumer", span(consumer, "x", "messaging.system", "kafka", "messaging.operation.name", "process", "messaging.destination.name", "orders"), "process orders", "messaging_kafka_orders"},
		{"producer, older names", span(producer, "orders send", "messaging.system", "rabbitmq", "messaging.destination", "orders"), "orders", "messaging_rabbitmq_orders"},
		{"consumer of a destination per user", span(consumer, "x", "messaging.system", "nats", "messaging.operation", "receive", "messaging.destination.name", "user.4711"), "receive user.*", "messaging_nats_user."},
		{"consumer with a template", span(consumer, "x", "messaging.system", "nats", "messaging.operation", "receive", "messaging.destination.template", "user.{id}", "messaging.destination.name", "user.bob"), "receive user.{id}", "messaging_nats_user._id"},
		{"consumer of a temporary destination", span(consumer, "x", "messaging.system", "rabbitmq", "messaging.operation", "receive", "messaging.destination.name", "amq.gen-x1", "messaging.destination.temporary", true), "receive (temporary)", "messaging_rabbitmq"},
		{"consumer of a queue by URL", span(consumer, "x", "messaging.system", "aws_sqs", "messaging.operation", "receive", "messaging.destination", "https://sqs.eu-west-1.amazonaws.com/12345/jobs"), "receive jobs", "messaging_aws_sqs_jobs"},

		{"HTTP client", span(client, "GET", "http.request.method", "GET", "server.address", "api.github.com"), "GET api.github.com", "http_client_api.github.com"},
		{"HTTP client with a template", span(client, "GET", "http.request.method", "GET", "server.address", "api.github.com", "url.template", "/repos/{id}"), "GET api.github.com/repos/{id}", "http_client_api.github.com"},
		{"HTTP client, host in the URL with a password", span(client, "HTTP GET", "http.method", "GET", "http.url", "https://me:secret@api.github.com:443/repos"), "GET api.github.com", "http_client_api.github.com"},
		{"HTTP client, address and port", span(client, "GET", "http.request.method", "GET", "server.address", "10.1.2.3:8080"), "GET 10.1.2.3", "http_client_10.1.2.3"},
		{"HTTP client, IPv6", span(client, "GET", "http.request.method", "GET", "http.host", "[2001:db8::1]:443"), "GET 2001:db8::1", "http_client_2001_db8_1"},
		{"HTTP client, peer service", span(client, "GET", "http.method", "GET", "peer.service", "stock"), "GET stock", "http_client_stock"},
		{"HTTP client without a host", span(client, "GET", "http.method", "GET"), "GET", "http_client"},
		{"client of a peer", span(client, "call", "peer.service", "legacy"), "legacy", "http_client_legacy"},

		{"function", span(server, "resize", "faas.name", "resize"), "resize", "faas_resize"},
		{"function by timer", span(server, "nightly", "faas.trigger", "timer"), "nightly", "faas_nightly"},
		{"function by HTTP", span(server, "x", "faas.trigger", "http", "http.method", "GET", "http.route", "/thumbs"), "GET /thumbs", "api_thumbs"},
		{"GraphQL", span(server, "query mine", "graphql.operation.type", "query", "graphql.operation.name", "mine"), "GraphQL query", "graphql_query"},
		{"GraphQL, invented type", span(server, "x", "graphql.operation.type", "evil"), "GraphQL other", "graphql_other"},

		{"internal", span(internal, "render page"), "render page", "render_page"},
		{"internal with a number", span(internal, "Render page 12345"), "Render page *", "render_page"},
		{"internal with a short id", span(internal, "render/page/8c1d2f401111"), "render/page/*", "render_page"},
		{"internal with a uuid", span(internal, "job "+uuid+" done"), "job * done", "job_done"},
		{"internal with a date", span(internal, "rollup 2025-11-26T10:05:00Z"), "rollup *", "rollup"},
		{"internal with an e-mail", span(internal, "send to bob@example.com now"), "send to * now", "send_to_now"},
		{"internal with a number at a word", span(internal, "worker12.step"), "worker*.step", "worker_.step"},
		{"internal with digits that are no id", span(internal, "s3.GetV2Items sha256"), "s3.GetV2Items sha256", "s3.getv2items_sha256"},
		{"internal with a query string", span(internal, "fetch /a?token=secret now"), "fetch /a now", "fetch_a_now"},
		{"internal with a route", span(internal, "x", "http.route", "/a/b"), "/a/b", "api_a_b"},
		{"internal, no ASCII letter", span(internal, "注文"), "注文", Clean("注文")},
		{"internal without a name", span(internal, ""), "unnamed", "unnamed"},
		{"internal, nothing but an id", span(internal, "12345"), "*", "unnamed"},
		{"Track", Operation{Name: "gun sync 2", Kind: internal, Scope: attrs.Scope}, "gun sync 2", "gun_sync_2"},
	} {
		t.Run(test.does, func(t *testing.T) {
			if got := OperationName(test.op); got != test.operation {
				t.Errorf("operation %q, want %q", got, test.operation)
			}
			if got := Default(test.op); got != test.category {
				t.Errorf("category %q, want %q", got, test.category)
			}
		})
	}
}

func TestARouteHasTheNamesOfItsServerSpans(t *testing.T) {
	for _, test := range []struct{ method, pattern, operation, category string }{
		{"GET", "GET /api/records/{id}", "GET /api/records/{id}", "api_records"},
		{"POST", "example.com/records/", "POST /records/", "api_records"},
		{"BREW", "/pot", "_OTHER /pot", "api_pot"},
		{"GET", "", "GET (no route)", "api_unmatched"},
	} {
		operation, category := Route(test.method, test.pattern)
		if operation != test.operation || category != test.category {
			t.Errorf("Route(%q, %q) = %q, %q, want %q, %q", test.method, test.pattern, operation, category, test.operation, test.category)
		}
		o := span(server, test.method, "http.request.method", test.method, "http.route", test.pattern)
		if got := OperationName(o); got != operation {
			t.Errorf("the span's operation is %q, the route's %q", got, operation)
		}
	}
}

func TestClean(t *testing.T) {
	for _, test := range []struct{ name, want string }{
		{"gun_sync", "gun_sync"},
		{"Gun  Sync!", "gun_sync"},
		{"__a__b__", "a_b"},
		{"a.b-c", "a.b-c"},
		{"_overflow", "overflow"},
		{"", "unnamed"},
		{"\x00\n\t", "unnamed"},
		{"käse", "k_se"},
		{strings.Repeat("a", 1<<20), strings.Repeat("a", 64)},
		{strings.Repeat("\x00", 1<<20), "unnamed"},
	} {
		if got := Clean(test.name); got != test.want {
			t.Errorf("Clean(%.20q) = %q, want %q", test.name, got, test.want)
		}
	}
	if a, b := Clean("注文"), Clean("在庫"); a == b || !strings.HasPrefix(a, "u_") {
		t.Errorf("names without ASCII letters are %q and %q, want two that begin with u_", a, b)
	}
}

var hostile = []string{
	strings.Repeat("a", 1<<20), strings.Repeat("/a", 1<<19), strings.Repeat("7", 1<<20), strings.Repeat("ä", 1<<16), strings.Repeat("\xff", 1<<16),
	"\xff\xfe", "a\nb", "a\r\n[DISABLED] forged", "\x1b[31mred", "../../etc/passwd", "<script>", "\u202edrow", "{{}}", "{", "[", "://", "@", "?", ":", "\x00", " ", "_overflow",
}

// hostileSpans put a name into each place that a name can come from.
func hostileSpans(name string) []Operation {
	return []Operation{
		span(internal, name),
		span(server, name, "http.request.method", name, "http.route", name),
		span(server, "GET "+name, "http.request.method", "GET", "url.path", name),
		span(client, name, "db.system", name, "db.operation", name, "db.collection.name", name),
		span(client, name, "db.system", name, "db.query.summary", name),
		span(client, name, "http.request.method", name, "server.address", name, "url.template", name),
		span(client, name, "http.method", "GET", "http.url", "http://"+name),
		span(consumer, name, "messaging.system", name, "messaging.operation", name, "messaging.destination.name", name),
		span(consumer, name, "messaging.system", name, "messaging.destination.template", name),
		span(server, name, "rpc.system", name, "rpc.service", name, "rpc.method", name),
		span(client, name, "rpc.system", name, "rpc.method", name+"/"+name),
		span(server, name, "faas.trigger", name, "faas.name", name),
		span(server, name, "graphql.operation.type", name),
		{Name: name, Scope: attrs.Scope},
	}
}

func checkNames(t *testing.T, operation, category string) {
	t.Helper()
	if category == "" || len(category) > maxLength || strings.Trim(category, "abcdefghijklmnopqrstuvwxyz0123456789_.-") != "" {
		t.Errorf("unsafe category %q", category)
	}
	printable := func(r rune) bool { return r != utf8.RuneError && unicode.IsPrint(r) }
	if operation == "" || len(operation) > maxName || !utf8.ValidString(operation) || strings.TrimFunc(operation, printable) != "" {
		t.Errorf("unsafe operation %q", operation)
	}
}

func TestHostileNamesAreMadeSafe(t *testing.T) {
	b := NewBounded(0)
	for _, name := range hostile {
		for _, o := range hostileSpans(name) {
			checkNames(t, OperationName(o), Default(o))
			checkNames(t, first(b.Resolve(&o)), second(b.ResolveIn(&o, name)))
		}
		checkNames(t, first(b.Admit(name, name)), second(b.Admit(name, name)))
		checkNames(t, Label(name), Clean(name))
		checkNames(t, first(Route(name, name)), second(Route(name, name)))
	}
}

func first(a, _ string) string  { return a }
func second(_, b string) string { return b }

// A client that walks through made-up paths must not make up operations.
func TestPathsAreNeverOperations(t *testing.T) {
	seen := map[string]bool{}
	for _, path := range []string{"/a", "/b/c", "/d/17", "/" + uuid, "/%41", "/{x}", "/:x/y", "/*", "/x/", "/[a]"} {
		for _, name := range []string{"GET", "GET " + path, "HTTP GET " + path, path} {
			for _, key := range []string{"url.path", "http.target"} {
				seen[OperationName(span(server, name, "http.request.method", "GET", key, path))] = true
			}
		}
	}
	if len(seen) != 1 || !seen["GET (no route)"] {
		t.Errorf("paths made the operations %v", seen)
	}
}

func FuzzNames(f *testing.F) {
	for _, name := range hostile {
		if len(name) < 100 {
			f.Add(name, "/api/{id}", "http://user@host:80/a?b", uint8(2))
		}
	}
	f.Add("GET /api/{id}", "/api/{id}", "http://user@host:80/a?b", uint8(2))
	f.Add("GET /a/b", "", "/a/b", uint8(2))
	f.Add("job "+uuid, "::", "://", uint8(1))
	f.Fuzz(func(t *testing.T, name, route, url string, kind uint8) {
		for _, o := range append(hostileSpans(name),
			span(trace.SpanKind(kind%6), name, "http.request.method", "GET", "http.route", route, "http.url", url),
			span(trace.SpanKind(kind%6), name, "http.request.method", route, "url.path", url),
			span(trace.SpanKind(kind%6), name, "db.system", route, "db.operation", url),
			span(trace.SpanKind(kind%6), name)) {
			checkNames(t, OperationName(o), Default(o))
		}
		if c := Clean(name); Clean(c) != c {
			t.Errorf("Clean(%q) is %q, and cleaned again %q", name, c, Clean(c))
		}
		if l := Label(name); Label(l) != l {
			t.Errorf("Label(%q) is %q, and again %q", name, l, Label(l))
		}
	})
}
