// Package echorouter shows heap tags with github.com/labstack/echo/v4.
//
// One line beside the router's other middleware, inside those that recover:
//
//	e := echo.New()
//	e.Use(middleware.Recover(), echorouter.Tag(e))
//	e.GET("/users/:id", user)                 // what user keeps is "GET /users/:id"'s
//	http.ListenAndServe(addr, otelhttp.NewHandler(e, "server"))
//
// echo routes before it runs the middleware of Use, so that Path is the pattern
// already, groups included. Where it answers 404 or 405, Path can be a pattern
// too, and the method is what the client made up: [Tag] takes only routes that are
// registered. Handlers pass c.Request().Context() on, to otelmem.Go for example.
package echorouter

import (
	"context"
	"sync"

	"github.com/labstack/echo/v4"

	"github.com/otelmem/otelmem-go/otelmem"
)

type route struct{ method, pattern string }

// Tag makes each request the operation of its method and route pattern. It reads
// e's routes at the first request; routes added later, and those of e.Host, are
// no operations.
func Tag(e *echo.Echo) echo.MiddlewareFunc {
	operations := sync.OnceValue(func() map[route]string {
		names := make(map[route]string)
		for _, r := range e.Routes() {
			names[route{r.Method, r.Path}] = r.Method + " " + r.Path
		}
		return names
	})
	return func(next echo.HandlerFunc) echo.HandlerFunc {
		return func(c echo.Context) error {
			operation := operations()[route{c.Request().Method, c.Path()}]
			if operation == "" {
				return next(c)
			}
			return do(c, operation, next)
		}
	}
}

func do(c echo.Context, operation string, next echo.HandlerFunc) (err error) {
	outer := c.Request().Context()
	// Who is outside has its own context back, also after a panic.
	defer func() { c.SetRequest(c.Request().WithContext(outer)) }()
	otelmem.Do(outer, operation, func(ctx context.Context) {
		c.SetRequest(c.Request().WithContext(ctx))
		err = next(c)
	})
	return err
}
