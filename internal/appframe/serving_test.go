package appframe

import "testing"

func TestOperationsBeginBelowServersAndSchedulers(t *testing.T) {
	for function, want := range map[string]bool{
		"net/http.HandlerFunc.ServeHTTP":                                               true,
		"net/http.(*ServeMux).ServeHTTP":                                               true,
		"net/http.(*Client).Do":                                                        false,
		"net/http/httputil.(*ReverseProxy).ServeHTTP":                                  true,
		"github.com/go-chi/chi/v5.(*Mux).routeHTTP":                                    true,
		"github.com/go-chi/chi/v5/middleware.Recoverer.func1":                          true,
		"github.com/go-chi/chimera.F":                                                  false,
		"github.com/gin-gonic/gin.(*Context).Next":                                     true,
		"github.com/gin-gonic/gin.(*Context).JSON":                                     false,
		"github.com/labstack/echo/v4.(*Echo).ServeHTTP":                                true,
		"google.golang.org/grpc.(*Server).processUnaryRPC":                             true,
		"google.golang.org/grpc.getChainUnaryHandler.func1":                            true,
		"google.golang.org/grpc.(*ClientConn).Invoke":                                  false,
		"github.com/acme/shop._Stock_Check_Handler.func1":                              true,
		"github.com/acme/shop.Error_Handler":                                           false,
		"github.com/miekg/dns.(*Server).serveUDPPacket":                                true,
		"github.com/miekg/dns.(*Client).Exchange":                                      false,
		"github.com/caddyserver/caddy/v2/modules/caddyhttp.(*Server).serveHTTP":        true,
		"github.com/caddyserver/caddy/v2/modules/caddyhttp/encode.(*Encode).ServeHTTP": false,
		"golang.org/x/sync/errgroup.(*Group).Go.func1":                                 true,
		"golang.org/x/sync/singleflight.(*Group).doCall":                               false,
		"github.com/robfig/cron/v3.(*Cron).startJob.func1":                             true,
		"github.com/acme/shop.(*handler).ServeHTTP":                                    false,
		"main.main": false,
	} {
		if got := Serves(function); got != want {
			t.Errorf("%q: serves %v, want %v", function, got, want)
		}
	}
}
