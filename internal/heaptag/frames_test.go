package heaptag

import (
	"runtime/debug"
	"slices"
	"testing"
)

func TestApplicationIsWhatTheServiceIsWrittenFor(t *testing.T) {
	for function, want := range map[string]bool{
		"main.main":                                             true,
		"github.com/acme/shop/cart.Add":                         true,
		"gopkg.in/yaml%2ev3.Unmarshal":                          true,
		"net/http.(*conn).serve":                                false,
		"fmt.Sprint":                                            false,
		"vendor/golang.org/x/net/idna.f":                        false,
		"shop/internal/cart.Add":                                false, // no module of this program
		"github.com/gin-gonic/gin.(*C).Next":                    false,
		"github.com/go-chi/chi/v5.(*Mux).ServeHTTP":             false,
		"github.com/labstack/echo/v4.(*Echo).ServeHTTP":         false,
		"google.golang.org/grpc.(*Server).handleStream":         false,
		"golang.org/x/net/http2.(*serverConn).runHandler":       false,
		"golang.org/x/sync/errgroup.(*Group).Go.func1":          false,
		"go.opentelemetry.io/contrib/otelhttp.(*H).serve":       false,
		"github.com/otelmem/otelmem-go/internal/heaptag.Do":     false,
		"github.com/otelmem/otelmem-go/examples/worker/job.Run": true,
		"slices.Grow[go.shape.[]go.opentelemetry.io/otel/attribute.KeyValue,go.shape.struct { Key github.com/a/b.C }]": false,
		"maps.Copy[go.shape.map[github.com/acme/shop.key]int]":                                                         false,
		"main.Map[go.shape.*net/http.Request]":                                                                         true,
		"github.com/acme/shop.(*Set[go.shape.string]).Add":                                                             true,
		"": false,
	} {
		if got := IsApplication(function); got != want {
			t.Errorf("%q: application %v, want %v", function, got, want)
		}
	}
}

func TestTypeArgumentsAreLeftOutOfNames(t *testing.T) {
	for function, want := range map[string]string{
		"main.f": "main.f",
		"main.Map[go.shape.[]int,go.shape.struct { a github.com/b.C }]": "main.Map[...]",
		"shop.(*Set[go.shape.string]).Add.func1":                        "shop.(*Set[...]).Add.func1",
		"odd]name[":                                                     "odd]name[",
		"":                                                              "",
	} {
		if got := ShortName(function); got != want {
			t.Errorf("%q is shown as %q, want %q", function, got, want)
		}
	}
}

// A generic function of the standard library allocates for its caller, which is
// the line to show.
func TestSiteIsTheCallerOfAGenericLibraryFunction(t *testing.T) {
	var p place
	for _, f := range []frame{
		Owners(nil).newFrame("slices.Grow[go.shape.[]github.com/acme/shop.Item,go.shape.struct { Name string }]", "slices.go", 1),
		Owners(nil).newFrame("github.com/acme/shop.(*Cart[go.shape.int]).Add", "cart.go", 12),
		Owners(nil).newFrame("net/http.HandlerFunc.ServeHTTP", "server.go", 3),
	} {
		p.add(&f)
	}
	if want := (Site{"github.com/acme/shop.(*Cart[...]).Add", "cart.go", 12}); p.site == nil || *p.site != want || *p.root != want {
		t.Errorf("site %v, root %v, want %v", p.site, p.root, want)
	}
}

// Private modules often have no dot in their name, as the standard library has none.
func TestModulesWithoutADotAreKnownFromTheBuild(t *testing.T) {
	got := dotless(&debug.BuildInfo{
		Main: debug.Module{Path: "shop"},
		Deps: []*debug.Module{{Path: "github.com/acme/x"}, {Path: "corp/lib"}, {Path: "std"}},
	})
	if want := []string{"shop", "corp/lib"}; !slices.Equal(got, want) {
		t.Errorf("modules %q, want %q", got, want)
	}
}
