package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"sync/atomic"

	collectormetrics "go.opentelemetry.io/proto/otlp/collector/metrics/v1"
	collectortrace "go.opentelemetry.io/proto/otlp/collector/trace/v1"
	"google.golang.org/grpc"
	"google.golang.org/protobuf/proto"
)

// receiver counts what one server exports by OTLP/gRPC.
type receiver struct {
	collectortrace.UnimplementedTraceServiceServer
	metrics metricReceiver
	address string
	server  *grpc.Server
	served  chan error

	spans, spanBytes atomic.Int64
}

type metricReceiver struct {
	collectormetrics.UnimplementedMetricsServiceServer
}

func newReceiver() (*receiver, error) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, fmt.Errorf("listen for OTLP: %w", err)
	}
	r := &receiver{address: listener.Addr().String(), server: grpc.NewServer(), served: make(chan error, 1)}
	collectortrace.RegisterTraceServiceServer(r.server, r)
	collectormetrics.RegisterMetricsServiceServer(r.server, &r.metrics)
	go func() { r.served <- r.server.Serve(listener) }()
	return r, nil
}

func (r *receiver) close() error {
	r.server.Stop()
	if err := <-r.served; !errors.Is(err, grpc.ErrServerStopped) {
		return err
	}
	return nil
}

// Export counts spans.
func (r *receiver) Export(_ context.Context, request *collectortrace.ExportTraceServiceRequest) (*collectortrace.ExportTraceServiceResponse, error) {
	for _, resource := range request.GetResourceSpans() {
		for _, scope := range resource.GetScopeSpans() {
			for _, span := range scope.GetSpans() {
				r.spans.Add(1)
				r.spanBytes.Add(int64(proto.Size(span)))
			}
		}
	}
	return &collectortrace.ExportTraceServiceResponse{}, nil
}

// Export takes metrics and forgets them.
func (r *metricReceiver) Export(context.Context, *collectormetrics.ExportMetricsServiceRequest) (*collectormetrics.ExportMetricsServiceResponse, error) {
	return &collectormetrics.ExportMetricsServiceResponse{}, nil
}
