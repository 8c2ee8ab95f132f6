package echorouter

import (
	"net/http"
	"testing"

	"github.com/labstack/echo/v4"

	"github.com/otelmem/otelmem-go/examples/routers/proof"
)

func keep(c echo.Context) error {
	proof.Keep()
	return c.NoContent(http.StatusOK)
}

// keepFailed keeps where echo itself answers 404 and 405.
func keepFailed(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		err := next(c)
		if err != nil {
			proof.Keep()
		}
		return err
	}
}

// through does nothing. echo gives a group with middleware a route for what the
// group does not have.
func through(next echo.HandlerFunc) echo.HandlerFunc { return next }

func router() *echo.Echo {
	e := echo.New()
	e.Use(Tag, keepFailed)
	e.GET("/users/:id", keep)
	e.GET("/files/*", keep)
	e.GET("/elsewhere/:id", func(c echo.Context) error {
		proof.KeepElsewhere(c.Request().Context())
		return nil
	})
	e.GET("/inner/:id", func(c echo.Context) error {
		proof.KeepInner(c.Request().Context())
		return nil
	})
	e.GET("/boom/:id", func(echo.Context) error { panic("boom") })
	e.GET("/teapot/:id", func(echo.Context) error { return echo.NewHTTPError(http.StatusTeapot) })
	e.Group("/api/:tenant", through).GET("/orders/:id", keep)
	return e
}

func TestAnOperationIsNamedByItsPattern(t *testing.T) {
	for _, c := range []struct {
		name, path, operation string
		status                int
	}{
		{"a route", "/users/7", "GET /users/:id", http.StatusOK},
		{"a wildcard", "/files/a/b.txt", "GET /files/*", http.StatusOK},
		{"a group", "/api/acme/orders/7", "GET /api/:tenant/orders/:id", http.StatusOK},
		{"a group without the route", "/api/acme/made/up", "GET /api/:tenant/*", http.StatusNotFound},
		{"a handler's error", "/teapot/7", "GET /teapot/:id", http.StatusTeapot},
		{"on another goroutine", "/elsewhere/7", "GET /elsewhere/:id", http.StatusOK},
		{"within Do, whose name wins", "/inner/7", "thumbnails", http.StatusOK},
	} {
		t.Run(c.name, func(t *testing.T) {
			proof.WantGrowth(t, c.operation, func() { proof.Get(t, router(), c.path, c.status) })
		})
	}
}

func TestWhatAClientMakesUpIsNoOperation(t *testing.T) {
	proof.WantMadeUpIsNothing(t, func() http.Handler { return router() })
}

func TestAPanicPassesThrough(t *testing.T) {
	proof.WantPanic(t, func() { proof.Get(t, router(), "/boom/7", http.StatusOK) })
}
