package proof

import (
	"context"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/otelmem/otelmem-go/otelmem"
)

// Get asks h for path and wants the status.
func Get(t *testing.T, h http.Handler, path string, want int) {
	t.Helper()
	Request(t, h, http.MethodGet, path, want)
}

// Request asks h and wants the status.
func Request(t *testing.T, h http.Handler, method, path string, want int) {
	t.Helper()
	w := httptest.NewRecorder()
	h.ServeHTTP(w, httptest.NewRequestWithContext(t.Context(), method, path, http.NoBody))
	if w.Code != want {
		t.Errorf("%s %s: status %d, want %d", method, path, w.Code, want)
	}
}

// WantMadeUpIsNothing asks routers that have GET /users/:id for what they do not
// have, and wants no operation for it.
func WantMadeUpIsNothing(t *testing.T, router func() http.Handler) {
	t.Helper()
	for _, c := range []struct {
		name, method, path string
		status             int
	}{
		{"a path", http.MethodGet, "/made/up", http.StatusNotFound},
		{"a method without a route", http.MethodDelete, "/users/7", http.StatusMethodNotAllowed},
		{"a method", "BREW", "/users/7", http.StatusMethodNotAllowed},
	} {
		t.Run(c.name, func(t *testing.T) {
			WantNoOperation(t, func() { Request(t, router(), c.method, c.path, c.status) })
		})
	}
}

// KeepInner keeps as the operation "thumbnails".
func KeepInner(ctx context.Context) {
	otelmem.Do(ctx, "thumbnails", func(context.Context) { Keep() })
}

// KeepElsewhere keeps on another goroutine, as ctx's operation.
func KeepElsewhere(ctx context.Context) {
	done := make(chan struct{})
	otelmem.Go(ctx, func(context.Context) {
		defer close(done)
		Keep()
	})
	<-done
}

// WantPanic runs serve, whose handler panics with "boom", and wants that panic;
// what the goroutine keeps afterwards must be no operation's.
func WantPanic(t *testing.T, serve func()) {
	t.Helper()
	// The operation is known before, so that only what it holds can be new.
	panics(t, serve)
	WantNoOperation(t, func() {
		panics(t, serve)
		Keep()
	})
}

func panics(t *testing.T, serve func()) {
	t.Helper()
	defer func() {
		if got := recover(); got != "boom" {
			t.Errorf("panic %v, want boom", got)
		}
	}()
	serve()
}
