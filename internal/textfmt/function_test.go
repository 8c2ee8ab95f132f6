package textfmt

import "testing"

func TestFunctionsAreShort(t *testing.T) {
	for function, want := range map[string]string{
		"main.main.func1.auth.1":                                              "main.auth.1",
		"github.com/acme/shop.(*T).run.func1.2.helper.func3":                  "shop.helper.func3",
		"main.init.30.func1.1":                                                "main.init.30.func1.1",
		"main.serve.func1.gowrap1":                                            "main.serve.func1.gowrap1",
		"go.etcd.io/etcd/server/v3/etcdserver/api/v3rpc.(*watchServer).Watch": "v3rpc.(*watchServer).Watch",
		"github.com/open-policy-agent/opa/v1.Run.func1":                       "opa.Run.func1",
		"gopkg.in/yaml%2ev3.Unmarshal":                                        "yaml.v3.Unmarshal",
		"main.main":                                                           "main.main",
		"main.(*cache).add":                                                   "main.(*cache).add",
		"slices.SortFunc[go.shape.[]github.com/acme/x.T]":                     "slices.SortFunc[go.shape.[]github.com/acme/x.T]",
		"example.com/app.Map[...].Set":                                        "app.Map[...].Set",
		"GET /users/{id}":                                                     "GET /users/{id}",
		"runtime and libraries":                                               "runtime and libraries",
		"":                                                                    "",
	} {
		if got := ShortFunction(function); got != want {
			t.Errorf("ShortFunction(%q) = %q, want %q", function, got, want)
		}
	}
}

func TestSourcesAreShort(t *testing.T) {
	shop := program{module: "example.com/shop/v2", main: "example.com/shop/v2/cmd/shopd"}
	for _, c := range []struct{ function, file, want string }{
		{"example.com/shop/v2/cart.(*Cart).Add", "/home/me/shop/cart/cart.go", "cart/cart.go"},
		{"example.com/shop/v2/cart.(*Cart).Add", "example.com/shop/v2/cart/cart.go", "cart/cart.go"},
		{"main.makeRecord", "/home/me/shop/cmd/shopd/main.go", "cmd/shopd/main.go"},
		{"example.com/shop/v2.Run", "/home/me/shop/run.go", "run.go"},
		{"github.com/acme/x.Put", "/root/go/pkg/mod/github.com/acme/x@v1.2.0/deep/y.go", "deep/y.go"},
		{"bytes.Repeat", "/usr/local/go/src/bytes/bytes.go", "bytes/bytes.go"},
		{"main.f", `C:\Users\me\x\main.go`, "x/main.go"},
		{"", "main.go", "main.go"},
		{"", "", ""},
	} {
		if got := shortSource(c.function, c.file, shop); got != c.want {
			t.Errorf("shortSource(%q, %q) = %q, want %q", c.function, c.file, got, c.want)
		}
	}
	if got := shortSource("main.f", "/a/b/c/main.go", program{}); got != "c/main.go" {
		t.Errorf("of an unknown program: %q", got)
	}
}
