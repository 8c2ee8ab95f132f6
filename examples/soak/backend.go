package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"sync/atomic"

	collectormetrics "go.opentelemetry.io/proto/otlp/collector/metrics/v1"
	collectortrace "go.opentelemetry.io/proto/otlp/collector/trace/v1"
	tracepb "go.opentelemetry.io/proto/otlp/trace/v1"
	"google.golang.org/grpc"
)

// backend is an OTLP/gRPC receiver that goes down and comes back at the same address. It
// keeps who was accused, and counts the rest.
type backend struct {
	collectortrace.UnimplementedTraceServiceServer
	metrics metricsService
	address string
	accused accused
	spans   atomic.Int64
	outages int

	server *grpc.Server // nil while it is down
	served chan error
}

type metricsService struct {
	collectormetrics.UnimplementedMetricsServiceServer
}

func newBackend() (*backend, error) {
	b := &backend{address: "127.0.0.1:0"}
	return b, b.comeBack()
}

// comeBack listens at the backend's address.
func (b *backend) comeBack() error {
	listener, err := net.Listen("tcp", b.address)
	if err != nil {
		return fmt.Errorf("listen for OTLP at %s: %w", b.address, err)
	}
	b.address = listener.Addr().String()
	b.server, b.served = grpc.NewServer(), make(chan error, 1)
	collectortrace.RegisterTraceServiceServer(b.server, b)
	collectormetrics.RegisterMetricsServiceServer(b.server, &b.metrics)
	go func(server *grpc.Server, served chan<- error) { served <- server.Serve(listener) }(b.server, b.served)
	return nil
}

// goDown breaks all connections, and the system refuses new ones.
func (b *backend) goDown() error {
	b.outages++
	return b.stop()
}

func (b *backend) stop() error {
	if b.server == nil {
		return nil
	}
	b.server.Stop()
	b.server = nil
	if err := <-b.served; err != nil && !errors.Is(err, grpc.ErrServerStopped) {
		return fmt.Errorf("OTLP at %s: %w", b.address, err)
	}
	return nil
}

// Export takes spans.
func (b *backend) Export(_ context.Context, request *collectortrace.ExportTraceServiceRequest) (*collectortrace.ExportTraceServiceResponse, error) {
	for _, resource := range request.GetResourceSpans() {
		for _, scope := range resource.GetScopeSpans() {
			for _, span := range scope.GetSpans() {
				b.spans.Add(1)
				if span.GetName() == "otelmem.leak_suspected" {
					b.accused.add(operationOf(span))
				}
			}
		}
	}
	return &collectortrace.ExportTraceServiceResponse{}, nil
}

func operationOf(span *tracepb.Span) string {
	for _, kv := range span.GetAttributes() {
		if kv.GetKey() == "otelmem.operation" {
			return kv.GetValue().GetStringValue()
		}
	}
	return ""
}

// Export takes metrics and forgets them.
func (*metricsService) Export(context.Context, *collectormetrics.ExportMetricsServiceRequest) (*collectormetrics.ExportMetricsServiceResponse, error) {
	return &collectormetrics.ExportMetricsServiceResponse{}, nil
}
