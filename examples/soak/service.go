package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"sync/atomic"
	"time"

	"go.opentelemetry.io/contrib/instrumentation/net/http/otelhttp"

	"github.com/otelmem/otelmem-go/otelmem"
)

// service is an HTTP server on loopback. All that it holds without a leak is bounded.
type service struct {
	telemetry *telemetry
	server    *http.Server
	served    chan error
	address   string
	cache     cache
	sessions  sessions
	leaks     []*leak // two of each episode
	leaking   atomic.Int64

	requests, wrong atomic.Int64
}

func newService(t *telemetry, episodes int) (*service, error) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, fmt.Errorf("listen for requests: %w", err)
	}
	s := &service{telemetry: t, served: make(chan error, 1), address: "http://" + listener.Addr().String()}
	s.leaking.Store(none)
	mux := http.NewServeMux()
	mux.HandleFunc("GET /churn", churn)
	mux.HandleFunc("GET /cached/{key}", s.cache.serve)
	mux.HandleFunc("GET /sessions/{id}", s.sessions.serve)
	mux.HandleFunc("GET /fanout", fanOut)
	for i := range episodes {
		for _, l := range []*leak{newHeapLeak(i), newGoroutineLeak(i)} {
			s.leaks = append(s.leaks, l)
			mux.HandleFunc(l.pattern, l.serve)
		}
	}
	byPattern := otelhttp.WithSpanNameFormatter(func(operation string, r *http.Request) string {
		if r.Pattern != "" {
			return r.Pattern
		}
		return operation
	})
	s.server = &http.Server{
		Handler:           otelhttp.NewHandler(otelmem.Handler(mux), "soak", otelhttp.WithTracerProvider(t.traces), otelhttp.WithMeterProvider(t.metrics), byPattern),
		ReadHeaderTimeout: 5 * time.Second,
	}
	go func() { s.served <- s.server.Serve(listener) }()
	return s, nil
}

func (s *service) close() error {
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	err := s.server.Shutdown(ctx)
	if served := <-s.served; !errors.Is(served, http.ErrServerClosed) {
		err = errors.Join(err, served)
	}
	return err
}
