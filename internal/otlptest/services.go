package otlptest

import (
	"context"

	collectormetrics "go.opentelemetry.io/proto/otlp/collector/metrics/v1"
	collectortrace "go.opentelemetry.io/proto/otlp/collector/trace/v1"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
)

// traces is the collector's trace service.
type traces struct {
	collectortrace.UnimplementedTraceServiceServer
	*Receiver
}

// metrics is the collector's metrics service.
type metrics struct {
	collectormetrics.UnimplementedMetricsServiceServer
	*Receiver
}

// Export keeps the spans of a request.
func (t traces) Export(_ context.Context, request *collectortrace.ExportTraceServiceRequest) (*collectortrace.ExportTraceServiceResponse, error) {
	err := t.take(func(r *Receiver) {
		for _, rs := range request.GetResourceSpans() {
			for _, ss := range rs.GetScopeSpans() {
				for _, s := range ss.GetSpans() {
					r.spans = append(r.spans, Span{Span: s, Resource: rs.GetResource(), Scope: ss.GetScope()})
				}
			}
		}
	})
	if err != nil {
		return nil, err
	}
	return &collectortrace.ExportTraceServiceResponse{}, nil
}

// Export keeps the metrics of a request.
func (m metrics) Export(_ context.Context, request *collectormetrics.ExportMetricsServiceRequest) (*collectormetrics.ExportMetricsServiceResponse, error) {
	err := m.take(func(r *Receiver) {
		for _, rm := range request.GetResourceMetrics() {
			for _, sm := range rm.GetScopeMetrics() {
				for _, one := range sm.GetMetrics() {
					r.metrics = append(r.metrics, Metric{Metric: one, Resource: rm.GetResource(), Scope: sm.GetScope()})
				}
			}
		}
	})
	if err != nil {
		return nil, err
	}
	return &collectormetrics.ExportMetricsServiceResponse{}, nil
}

// take lets keep run and tells those who wait, unless the receiver refuses.
func (r *Receiver) take(keep func(*Receiver)) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	defer r.tell()
	if r.refusing != "" {
		r.refused++
		return status.Error(codes.Unavailable, r.refusing)
	}
	keep(r)
	return nil
}

// tell wakes those who wait. It needs the lock.
func (r *Receiver) tell() {
	close(r.arrived)
	r.arrived = make(chan struct{})
}
