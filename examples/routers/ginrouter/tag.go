// Package ginrouter shows heap tags with github.com/gin-gonic/gin: copy [Tag], and
// put it beside the router's other middleware, inside those that recover:
//
//	r := gin.New()
//	r.Use(gin.Recovery(), ginrouter.Tag)
//	r.GET("/users/:id", user)                 // what user keeps is "GET /users/:id"'s
//	http.ListenAndServe(addr, otelhttp.NewHandler(r, "server"))
//
// Handlers pass c.Request.Context() on, to otelmem.Go for example. A *gin.Context
// as the context works likewise where the engine's ContextWithFallback is set.
package ginrouter

import (
	"net/http"

	"github.com/gin-gonic/gin"

	"github.com/otelmem/otelmem-go/otelmem"
)

// Tag makes each request the operation of its method and route pattern. gin routes
// before it runs middleware; FullPath is empty where it has no route.
func Tag(c *gin.Context) {
	otelmem.DoRoute(c.Request, c.FullPath(), func(r *http.Request) {
		c.Request = r
		c.Next()
	})
}
