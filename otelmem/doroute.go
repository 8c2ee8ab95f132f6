package otelmem

import (
	"net/http"

	"github.com/otelmem/otelmem-go/internal/heaptag"
)

// DoRoute calls next with a copy of r, and whatever next allocates is the
// operation of r's method and of pattern, as by [Do]: "GET /users/{id}". It is for
// middleware of routers other than http.ServeMux, which has [Handler]; with gin:
//
//	router.Use(func(c *gin.Context) {
//		otelmem.DoRoute(c.Request, c.FullPath(), func(r *http.Request) { c.Request = r; c.Next() })
//	})
//
// The module examples/routers shows the same for chi, gorilla/mux and echo. As [Do]
// it only calls next where no [Diagnostics] is on or in standby.
//
// The pattern is what the router was given, not what the client asked for: "" where
// the router has no route, which is no operation. What next writes into the copy
// comes back to r as [Handler] says.
func DoRoute(r *http.Request, pattern string, next func(*http.Request)) {
	if pattern == "" || !heaptag.Active() {
		next(r)
		return
	}
	serve(handlerOfRequest(next), nil, r, routes.of(r.Method, pattern))
}

// handlerOfRequest is a handler that leaves the response to others.
type handlerOfRequest func(*http.Request)

func (f handlerOfRequest) ServeHTTP(_ http.ResponseWriter, r *http.Request) { f(r) }
