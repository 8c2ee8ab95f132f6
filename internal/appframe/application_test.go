package appframe

import "testing"

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
		"github.com/gin-gonic/ginseng.Brew":                     true,
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
