package category

import (
	"fmt"
	"strings"
	"testing"
	"unicode/utf8"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/trace"

	"github.com/otelmem/otelmem-go/internal/attrs"
)

func op(kind trace.SpanKind, name string, pairs ...string) Operation {
	o := Operation{Name: name, Kind: kind, Scope: "test"}
	for i := 0; i < len(pairs); i += 2 {
		o.Attributes = append(o.Attributes, attribute.String(pairs[i], pairs[i+1]))
	}
	return o
}

const (
	server   = trace.SpanKindServer
	client   = trace.SpanKindClient
	internal = trace.SpanKindInternal
	consumer = trace.SpanKindConsumer
)

func TestCategories(t *testing.T) {
	for want, operations := range map[string][]Operation{
		"api_records": {
			op(server, "GET /api/records", "http.request.method", "GET", "http.route", "/api/records"),
			op(server, "GET /api/v1/records/{id}", "http.request.method", "GET", "http.route", "/api/v1/records/{id}"),
			op(server, "GET /records/:id", "http.method", "GET", "http.route", "/records/:id"),
			op(server, "GET /api/records/{id...}"),
			op(server, "GET", "http.request.method", "GET", "url.path", "/api/records/8c1d2f40-1111-2222-3333-444455556666"),
			op(server, "GET", "http.method", "GET", "http.target", "/api/records?limit=1000"),
			op(server, "HTTP GET", "http.method", "GET", "http.url", "http://host:80/v2/records/17"),
		},
		"api_root":                   {op(server, "GET /", "http.request.method", "GET", "http.route", "/"), op(server, "GET", "http.request.method", "GET", "url.path", "/1234567")},
		"api_users_orders":           {op(server, "", "http.route", "/api/users/{id}/orders/{order}", "http.request.method", "GET")},
		"db_postgresql":              {op(client, "SELECT users", "db.system.name", "postgresql"), op(client, "SELECT", "db.system", "postgresql")},
		"db_elasticsearch":           {op(client, "search", "db.system.name", "elasticsearch", "http.request.method", "POST", "server.address", "es")},
		"rpc_greeter":                {op(server, "helloworld.Greeter/SayHello", "rpc.system", "grpc", "rpc.service", "helloworld.Greeter"), op(client, "x", "rpc.system.name", "grpc", "rpc.method", "helloworld.Greeter/SayHello")},
		"messaging_kafka_orders":     {op(consumer, "orders process", "messaging.system", "kafka", "messaging.destination.name", "orders")},
		"messaging_rabbitmq":         {{Kind: consumer, Attributes: []attribute.KeyValue{attribute.String("messaging.system", "rabbitmq"), attribute.String("messaging.destination.name", "amq.gen-x1"), attribute.Bool("messaging.destination.temporary", true)}}},
		"http_client_api.github.com": {op(client, "GET", "http.request.method", "GET", "server.address", "api.github.com"), op(client, "GET", "http.method", "GET", "http.url", "https://me:secret@api.github.com:443/repos")},
		"http_client_10.1.2.3":       {op(client, "GET", "http.request.method", "GET", "server.address", "10.1.2.3:8080")},
		"faas_resize":                {op(server, "resize", "faas.name", "resize")},
		"graphql_query":              {op(server, "query", "graphql.operation.type", "query")},
		"render_page":                {op(internal, "render page"), op(internal, "Render page 12345"), op(internal, "render/page/8c1d2f401111")},
		"gun_sync_2":                 {{Name: "gun sync 2", Kind: internal, Scope: attrs.Scope}},
		"unnamed":                    {op(internal, ""), op(internal, "12345"), op(internal, "\x00\n")},
	} {
		for _, o := range operations {
			if got := Default(o); got != want {
				t.Errorf("Default(%+v) = %q, want %q", o, got, want)
			}
		}
	}
}

func TestNames(t *testing.T) {
	for _, test := range []struct {
		op   Operation
		want string
	}{
		{op(server, "GET /api/records/{id}", "http.request.method", "GET", "http.route", "/api/records/{id}"), "GET /api/records/{id}"},
		{op(server, "GET", "http.request.method", "GET", "http.route", "/api/records"), "GET /api/records"},
		{op(server, "GET", "http.request.method", "GET", "url.path", "/made/up/17"), "GET (no route)"},
		{op(server, "/made/up/17", "http.request.method", "EVIL", "url.path", "/made/up/17"), "_OTHER (no route)"},
		{op(server, "helloworld.Greeter/SayHello", "rpc.system", "grpc"), "helloworld.Greeter/SayHello"},
		{op(internal, "sync"), "sync"},
	} {
		if got := Name(test.op); got != test.want {
			t.Errorf("Name(%+v) = %q, want %q", test.op, got, test.want)
		}
	}
}

func TestHostileNamesMakeSafeCategories(t *testing.T) {
	for _, name := range []string{
		strings.Repeat("a", 1<<20), "\xff\xfe", "a\nb", "../../etc/passwd", "<script>", "\u202e", "{{}}", strings.Repeat("/", 1000),
	} {
		for _, o := range []Operation{
			op(internal, name), op(server, name, "http.request.method", "GET", "http.route", name), op(client, name, "db.system", name),
			op(client, name, "http.request.method", "GET", "server.address", name), op(consumer, name, "messaging.system", name, "messaging.destination.name", name),
		} {
			checkCategory(t, Default(o))
		}
	}
}

func checkCategory(t *testing.T, category string) {
	t.Helper()
	if category == "" || len(category) > maxLength || strings.Trim(category, "abcdefghijklmnopqrstuvwxyz0123456789_.-") != "" {
		t.Errorf("unsafe category %q", category)
	}
}

func FuzzCategory(f *testing.F) {
	f.Add("GET /api/{id}", "/api/{id}", "http://user@host:80/a?b", uint8(2))
	f.Add("", "", "", uint8(0))
	f.Add("\xff", "::", "://", uint8(3))
	f.Fuzz(func(t *testing.T, name, route, url string, kind uint8) {
		o := op(trace.SpanKind(kind%6), name, "http.request.method", "GET", "http.route", route, "http.url", url)
		checkCategory(t, Default(o))
		Name(o)
		o.Attributes = o.Attributes[:1]
		checkCategory(t, Default(o))
	})
}

func TestBoundedOverflows(t *testing.T) {
	b := NewBounded(3)
	for i := range 5 {
		want := fmt.Sprint("name", i)
		if i >= 3 {
			want = attrs.Overflow
		}
		for range 2 {
			if got := b.Name(fmt.Sprint("name", i)); got != want {
				t.Errorf("name %d is %q, want %q", i, got, want)
			}
		}
	}
	if n := b.Overflowed(); n != 2 {
		t.Errorf("%d overflowed, want 2", n)
	}
	for i := range 10_000 {
		b.Name(fmt.Sprint("more", i))
	}
	if n := b.Overflowed(); n != overflowSeen {
		t.Errorf("%d overflowed, want the bound of %d", n, overflowSeen)
	}
}

func TestBoundedNamesAreValidAndShort(t *testing.T) {
	b := NewBounded(10)
	for _, name := range []string{strings.Repeat("ä", 1000), "\xff\xfe", strings.Repeat("\xff", 1000)} {
		if got := b.Name(name); !utf8.ValidString(got) || len(got) > 3*maxName {
			t.Errorf("kept %q", got)
		}
	}
}

func TestKnownNameAllocatesNothing(t *testing.T) {
	b := NewBounded(3)
	b.Name("known")
	if n := testing.AllocsPerRun(100, func() { b.Name("known") }); n > 1 {
		t.Errorf("a known name allocates %v times", n)
	}
}

func BenchmarkDefault(b *testing.B) {
	o := op(server, "GET /api/records/{id}", "http.request.method", "GET", "url.scheme", "http", "server.address", "localhost",
		"url.path", "/api/records/1", "http.route", "/api/records/{id}", "network.protocol.version", "1.1")
	b.ReportAllocs()
	for b.Loop() {
		Default(o)
	}
}
