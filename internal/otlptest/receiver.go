// Package otlptest is an OTLP receiver for tests: it speaks the real protocol,
// gRPC and HTTP, on a loopback port, keeps what arrives, and can refuse it.
package otlptest

import (
	"context"
	"errors"
	"fmt"
	"net"
	"sync"
	"testing"

	collectormetrics "go.opentelemetry.io/proto/otlp/collector/metrics/v1"
	collectortrace "go.opentelemetry.io/proto/otlp/collector/trace/v1"
	"google.golang.org/grpc"
)

// maxMessage is how large a request may be, in bytes: tests send megabytes.
const maxMessage = 64 << 20

// Receiver keeps the spans and metrics it was sent. It is safe for concurrent
// use.
type Receiver struct {
	listener net.Listener
	server   *grpc.Server

	mu       sync.Mutex
	spans    []Span
	metrics  []Metric
	refusing string // why; empty: it accepts
	refused  int
	arrived  chan struct{} // closed and replaced when something arrives or is refused
}

// Start begins to listen; the receiver stops when the test ends, and then has
// left no goroutine. It ends the test if there is no port.
func Start(tb testing.TB) *Receiver {
	tb.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		tb.Fatalf("listen on a loopback port: %v", err)
	}
	r := &Receiver{
		listener: listener,
		server:   grpc.NewServer(grpc.MaxRecvMsgSize(maxMessage)),
		arrived:  make(chan struct{}),
	}
	collectortrace.RegisterTraceServiceServer(r.server, traces{Receiver: r})
	collectormetrics.RegisterMetricsServiceServer(r.server, metrics{Receiver: r})
	served := make(chan error, 1)
	go func() { served <- r.server.Serve(listener) }()
	tb.Cleanup(func() {
		r.server.Stop()
		// A test can stop it before it has begun to serve.
		if err := <-served; err != nil && !errors.Is(err, grpc.ErrServerStopped) {
			tb.Errorf("OTLP receiver: %v", err)
		}
	})
	return r
}

// Endpoint is the receiver's address, host and port, without a scheme; there is
// no TLS.
func (r *Receiver) Endpoint() string { return r.listener.Addr().String() }

// Stop ends the receiver before the test does: connections break, and new ones
// are refused by the system. It may be called more than once.
func (r *Receiver) Stop() { r.server.Stop() }

// Refuse makes the receiver answer every export with Unavailable, which
// exporters take as a reason to try again; what they sent is not kept.
func (r *Receiver) Refuse(why string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.refusing = "refused: " + why
}

// Accept ends what Refuse began.
func (r *Receiver) Accept() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.refusing = ""
}

// Refused is how many exports were refused.
func (r *Receiver) Refused() int {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.refused
}

// WaitRefused returns when n exports have been refused, or ctx's error.
func (r *Receiver) WaitRefused(ctx context.Context, n int) error {
	for {
		r.mu.Lock()
		refused, arrived := r.refused, r.arrived
		r.mu.Unlock()
		if refused >= n {
			return nil
		}
		select {
		case <-arrived:
		case <-ctx.Done():
			return fmt.Errorf("wait for %d refused exports, so far %d: %w", n, refused, context.Cause(ctx))
		}
	}
}

// Reset forgets what has arrived.
func (r *Receiver) Reset() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.spans, r.metrics, r.refused = nil, nil, 0
}
