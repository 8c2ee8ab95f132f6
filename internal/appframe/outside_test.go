package appframe

import "testing"

// place is a function and the file that it stands in.
type place struct{ function, file string }

// learned returns what learned from these.
func learned(prefixes []string, places ...place) *Outside {
	o := NewOutside(prefixes...)
	for _, p := range places {
		o.Learn(p.function, p.file)
	}
	return o
}

func TestWhoseCodeAFunctionOfAnotherProgramIs(t *testing.T) {
	const mod = "/root/go/pkg/mod/"
	goroot := place{"runtime.main", "/usr/local/go/src/runtime/proc.go"}
	trimmed := place{"runtime.main", "runtime/proc.go"}
	handler := place{"net/http.(*conn).serve", "/usr/local/go/src/net/http/server.go"}
	for name, test := range map[string]struct {
		prefixes []string
		seen     []place
		want     map[place]Kind
	}{
		"built in its folder": {
			seen: []place{goroot, handler, {"main.main", "/home/me/shop/cmd/shop/main.go"}, {"example.com/shop/cart.Add", "/home/me/shop/cart/cart.go"}, {"github.com/mattn/go-sqlite3.Open", mod + "github.com/mattn/go-sqlite3@v1.14.0/sqlite3.go"}},
			want: map[place]Kind{
				goroot: Runtime, handler: Standard,
				{"main.main", "/home/me/shop/cmd/shop/main.go"}:                                                                             Application,
				{"example.com/shop/cart.Add", "/home/me/shop/cart/cart.go"}:                                                                 Application,
				{"github.com/gin-gonic/gin.New", mod + "github.com/gin-gonic/gin@v1.10.0/gin.go"}:                                           Dependency,
				{"vendor/golang.org/x/net/http2/hpack.New", "/usr/local/go/src/vendor/golang.org/x/net/http2/hpack/e.go"}:                   Standard,
				{"example.com/vendored.F", "/home/me/shop/vendor/example.com/vendored/f.go"}:                                                Dependency,
				{"github.com/mattn/go-sqlite3._Cfunc_open", "_cgo_gotypes.go"}:                                                              Dependency,
				{"github.com/otelmem/otelmem-go/internal/heaptag.Do", mod + "github.com/otelmem/otelmem-go@v0.1.0/internal/heaptag/tag.go"}: Module,
			},
		},
		"the runtime's first function stands elsewhere": {
			seen: []place{{"runtime.mapassign_faststr", "/usr/local/go/src/internal/runtime/maps/runtime_faststr.go"}, goroot, {"main.main", "/home/me/shop/main.go"}},
			want: map[place]Kind{
				handler: Standard,
				{"internal/bytealg.MakeNoZero", "/usr/local/go/src/runtime/slice.go"}: Standard,
				{"example.com/shop/cart.Add", "/home/me/shop/cart/cart.go"}:           Application,
			},
		},
		"built with -trimpath": {
			seen: []place{trimmed, {"main.main", "example.com/shop/cmd/shop/main.go"}},
			want: map[place]Kind{
				{"net/http.(*conn).serve", "net/http/server.go"}:                            Standard,
				{"example.com/shop/cart.Add", "example.com/shop/cart/cart.go"}:              Application,
				{"github.com/gin-gonic/gin.New", "github.com/gin-gonic/gin@v1.10.0/gin.go"}: Dependency,
				{"gopkg.in/yaml%2ev3.Unmarshal", "gopkg.in/yaml.v3@v3.0.1/yaml.go"}:         Dependency,
				{"example.com/vendored.F", "example.com/vendored@v1.0.0/f.go"}:              Dependency,
				{"internal/runtime/maps.(*Map).grow", "internal/runtime/maps/map.go"}:       Runtime,
			},
		},
		"whose module has no dot in its path, built with -trimpath": {
			seen: []place{trimmed, {"main.main", "shop/cmd/shop/main.go"}},
			want: map[place]Kind{
				{"shop/cart.Add", "shop/cart/cart.go"}: Application,
				{"net/http.Get", "net/http/client.go"}: Standard,
			},
		},
		"whose module has no dot in its path": {
			seen: []place{goroot, {"main.main", "/home/me/shop/main.go"}},
			want: map[place]Kind{{"shop/cart.Add", "/home/me/shop/cart/cart.go"}: Application, handler: Standard},
		},
		"installed from the module proxy": {
			seen: []place{goroot, {"main.main", mod + "github.com/!nats-io/nats-server/v2@v2.10.0/main.go"}},
			want: map[place]Kind{
				{"github.com/Nats-io/nats-server/v2/server.(*stream).add", mod + "github.com/!nats-io/nats-server/v2@v2.10.0/server/stream.go"}: Application,
				{"github.com/nats-io/nkeys.Create", mod + "github.com/nats-io/nkeys@v0.4.0/nkeys.go"}:                                           Dependency,
			},
		},
		"of several modules in one repository": {
			seen: []place{goroot, {"main.main", mod + "go.etcd.io/etcd/server/v3@v3.6.0/main.go"}},
			want: map[place]Kind{
				{"go.etcd.io/etcd/api/v3/mvccpb.New", mod + "go.etcd.io/etcd/api/v3@v3.6.0/mvccpb/kv.go"}: Application,
				{"go.etcd.io/bbolt.Open", mod + "go.etcd.io/bbolt@v1.4.0/db.go"}:                          Dependency,
			},
		},
		"whose module cache is elsewhere": {
			seen: []place{goroot, {"main.main", "/home/me/.cache/mod/github.com/acme/shop@v1.0.0/main.go"}},
			want: map[place]Kind{{"github.com/acme/shop/cart.Add", "/home/me/.cache/mod/github.com/acme/shop@v1.0.0/cart/cart.go"}: Application},
		},
		"with its packages given": {
			prefixes: []string{"github.com/acme/shop"},
			seen:     []place{goroot},
			want: map[place]Kind{
				{"github.com/acme/shop/cart.Add", "x.go"}:     Application,
				{"github.com/acme/shopping.Add", "/a/b/x.go"}: Dependency,
				{"main.main", "x.go"}:                         Application,
			},
		},
		"built on Windows": {
			seen: []place{{"runtime.main", "C:/Program Files/Go/src/runtime/proc.go"}, {"main.main", "D:/shop/main.go"}},
			want: map[place]Kind{
				{"net/http.Get", "C:/Program Files/Go/src/net/http/client.go"}:                                     Standard,
				{"shop/cart.Add", "D:/shop/cart/cart.go"}:                                                          Application,
				{"github.com/gin-gonic/gin.New", "C:/Users/me/go/pkg/mod/github.com/gin-gonic/gin@v1.10.0/gin.go"}: Dependency,
			},
		},
		"by Bazel": {
			seen: []place{trimmed, {"main.main", "cmd/shop/main.go"}},
			want: map[place]Kind{
				{"github.com/gin-gonic/gin.New", "external/com_github_gin_gonic_gin/gin.go"}: Dependency,
				{"github.com/acme/shop/cart.Add", "cart/cart.go"}:                            Application,
			},
		},
		"without files": {
			want: map[place]Kind{{"main.main", ""}: Application, {"net/http.Get", ""}: Standard, {"github.com/acme/shop.F", ""}: Application},
		},
	} {
		t.Run(name, func(t *testing.T) {
			all := test.seen
			for p := range test.want {
				all = append(all, p)
			}
			o := learned(test.prefixes, all...)
			for p, want := range test.want {
				if got := o.Kind(p.function, p.file); got != want {
					t.Errorf("%s in %s is of kind %d, want %d", p.function, p.file, got, want)
				}
			}
		})
	}
}

func TestWhatMayBeToldWronglyIsSaid(t *testing.T) {
	main := place{"main.main", "/home/me/shop/main.go"}
	for name, test := range map[string]struct {
		o      *Outside
		doubts bool
	}{
		"main was seen":          {learned(nil, main), false},
		"main was not seen":      {learned(nil, place{"runtime.main", "runtime/proc.go"}), true},
		"no files":               {learned(nil, place{"main.main", ""}), true},
		"the packages are given": {learned([]string{"example.com/shop"}), false},
	} {
		if doubt := test.o.Doubt(); (doubt != "") != test.doubts {
			t.Errorf("%s: doubt %q, want one: %t", name, doubt, test.doubts)
		}
	}
}
