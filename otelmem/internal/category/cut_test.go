package category

import "testing"

func TestNamesAreNotCutWithTheAttributes(t *testing.T) {
	for _, test := range []struct {
		does                string
		op                  Operation
		operation, category string
	}{
		{"route cut at 8", span(server, "GET /api/records", "http.request.method", "GET", "http.route", "/api/rec", "url.path", "/api/rec"), "GET /api/records", "api_records"},
		{"route cut within a placeholder", span(server, "GET /api/orders/{id}/lines", "http.request.method", "GET", "http.route", "/api/orders/{i", "url.path", "/api/orders/42"), "GET /api/orders/{id}/lines", "api_orders_lines"},
		{"raw path in the name, the route whole", span(server, "GET /users/list/all", "http.request.method", "GET", "http.route", "/users", "url.path", "/users/list/all"), "GET /users", "api_users"},
		{"raw path in the name, the route cut", span(server, "GET /users/42/list", "http.request.method", "GET", "http.route", "/users", "url.path", "/users"), "GET /users", "api_users"},
		{"another route in the name", span(server, "GET /records", "http.request.method", "GET", "http.route", "/orders"), "GET /orders", "api_orders"},
		{"service and method cut", span(server, "etcdserverpb.KV/Range", "rpc.system", "grpc", "rpc.service", "etcdse", "rpc.method", "Ran"), "etcdserverpb.KV/Range", "rpc_kv"},
		{"full method cut", span(client, "etcdserverpb.KV/Range", "rpc.system.name", "grpc", "rpc.method", "etcdserv"), "etcdserverpb.KV/Range", "rpc_kv"},
	} {
		t.Run(test.does, func(t *testing.T) {
			if operation, category := NewBounded(10).Resolve(&test.op); operation != test.operation || category != test.category {
				t.Errorf("got %q in %q, want %q in %q", operation, category, test.operation, test.category)
			}
		})
	}
}
