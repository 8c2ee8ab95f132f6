package ginrouter

import (
	"net/http"
	"testing"

	"github.com/gin-gonic/gin"

	"github.com/otelmem/otelmem-go/examples/routers/proof"
)

func keep(*gin.Context) { proof.Keep() }

func router() *gin.Engine {
	gin.SetMode(gin.TestMode)
	r := gin.New()
	r.HandleMethodNotAllowed = true
	r.Use(Tag)
	r.NoRoute(keep)
	r.NoMethod(keep)
	r.GET("/users/:id", keep)
	r.GET("/files/*path", keep)
	r.GET("/elsewhere/:id", func(c *gin.Context) { proof.KeepElsewhere(c.Request.Context()) })
	r.GET("/inner/:id", func(c *gin.Context) { proof.KeepInner(c.Request.Context()) })
	r.GET("/boom/:id", func(*gin.Context) { panic("boom") })
	r.Group("/api/:tenant").GET("/orders/:id", keep)
	return r
}

func TestAnOperationIsNamedByItsPattern(t *testing.T) {
	for _, c := range []struct{ name, path, operation string }{
		{"a route", "/users/7", "GET /users/:id"},
		{"a wildcard", "/files/a/b.txt", "GET /files/*path"},
		{"a group", "/api/acme/orders/7", "GET /api/:tenant/orders/:id"},
		{"on another goroutine", "/elsewhere/7", "GET /elsewhere/:id"},
		{"within Do, whose name wins", "/inner/7", "thumbnails"},
	} {
		t.Run(c.name, func(t *testing.T) {
			proof.WantGrowth(t, c.operation, func() { proof.Get(t, router(), c.path, http.StatusOK) })
		})
	}
}

func TestWhatAClientMakesUpIsNoOperation(t *testing.T) {
	proof.WantMadeUpIsNothing(t, func() http.Handler { return router() })
}

func TestAPanicPassesThrough(t *testing.T) {
	proof.WantPanic(t, func() { proof.Get(t, router(), "/boom/7", http.StatusOK) })
}
