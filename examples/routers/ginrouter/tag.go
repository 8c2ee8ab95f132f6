// Package ginrouter shows heap tags with github.com/gin-gonic/gin.
//
// One line beside the router's other middleware, inside those that recover:
//
//	r := gin.New()
//	r.Use(gin.Recovery(), ginrouter.Tag)
//	r.GET("/users/:id", user)                 // what user keeps is "GET /users/:id"'s
//	http.ListenAndServe(addr, otelhttp.NewHandler(r, "server"))
//
// gin routes before it runs middleware, so that FullPath is the pattern already,
// groups included. A path or method without a route has none, and is no operation.
//
// Handlers pass c.Request.Context() on, to otelmem.Go for example. A *gin.Context
// as the context works likewise where the engine's ContextWithFallback is set.
package ginrouter

import (
	"context"

	"github.com/gin-gonic/gin"

	"github.com/otelmem/otelmem-go/otelmem"
)

// Tag makes each request the operation of its method and route pattern.
func Tag(c *gin.Context) {
	pattern := c.FullPath()
	if pattern == "" {
		return // gin calls what comes next itself
	}
	outer := c.Request.Context()
	// Who is outside has its own context back, also after a panic.
	defer func() { c.Request = c.Request.WithContext(outer) }()
	otelmem.Do(outer, c.Request.Method+" "+pattern, func(ctx context.Context) {
		c.Request = c.Request.WithContext(ctx)
		c.Next()
	})
}
