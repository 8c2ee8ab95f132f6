package service

import (
	"bytes"
	"context"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	sdkmetric "go.opentelemetry.io/otel/sdk/metric"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
)

// Local is a case in this process, without diagnostics and neighbours.
type Local struct {
	c       *Case
	service *Service
	sent    int
}

// NewLocal sets a case up, before its onset or after.
func NewLocal(t *testing.T, c *Case, grows bool) *Local {
	t.Helper()
	tp := sdktrace.NewTracerProvider()
	mp := sdkmetric.NewMeterProvider(sdkmetric.WithReader(sdkmetric.NewManualReader()), sdkmetric.WithCardinalityLimit(0))
	// As in a service, the context can end: some leaks hang on to it.
	ctx, cancel := context.WithCancel(context.Background())
	t.Cleanup(cancel)
	s := &Service{Context: ctx, Tracer: tp.Tracer("zoo"), Meter: mp.Meter("zoo"), TracerProvider: tp, Dir: t.TempDir(), mux: http.NewServeMux()}
	if !grows {
		s.onset = time.Now().Add(time.Hour)
	}
	c.Setup(s)
	return &Local{c: c, service: s}
}

// Calls runs the case's jobs n times, and sends n requests.
func (l *Local) Calls(t *testing.T, n int) {
	t.Helper()
	for range n {
		for _, j := range l.service.jobs {
			l.service.Job(l.service.Context, j.name, j.run)
		}
		if l.c.Request == nil {
			continue
		}
		// A number's text is as long each time: what is kept is comparable.
		r := l.c.Request(100_000 + l.sent)
		l.sent++
		ctx, cancel := context.WithCancel(t.Context())
		request := httptest.NewRequestWithContext(ctx, r.Method, r.Path, bytes.NewReader(r.Body))
		answer := httptest.NewRecorder()
		l.service.mux.ServeHTTP(answer, request)
		cancel()
		if answer.Code == http.StatusNotFound || answer.Code == http.StatusMethodNotAllowed {
			t.Fatalf("%s %s: status %d", r.Method, r.Path, answer.Code)
		}
	}
}
