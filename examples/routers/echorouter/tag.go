// Package echorouter shows heap tags with github.com/labstack/echo/v4: copy [Tag],
// and put it beside the router's other middleware, inside those that recover:
//
//	e := echo.New()
//	e.Use(middleware.Recover(), echorouter.Tag)
//	e.GET("/users/:id", user)                 // what user keeps is "GET /users/:id"'s
//	http.ListenAndServe(addr, otelhttp.NewHandler(e, "server"))
//
// Handlers pass c.Request().Context() on, to otelmem.Go for example.
package echorouter

import (
	"net/http"

	"github.com/labstack/echo/v4"

	"github.com/otelmem/otelmem-go/otelmem"
)

// Tag makes each request the operation of its method and route pattern.
func Tag(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) (err error) {
		otelmem.DoRoute(c.Request(), pattern(c), func(r *http.Request) {
			c.SetRequest(r)
			err = next(c)
		})
		return err
	}
}

// pattern is the route's. echo routes before it runs the middleware of Use, and has
// a Path too where it will answer 405: no route has that method.
func pattern(c echo.Context) string {
	if c.Get(echo.ContextKeyHeaderAllow) != nil {
		return ""
	}
	return c.Path()
}
