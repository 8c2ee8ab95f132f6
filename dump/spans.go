package dump

import (
	"context"
	"time"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/trace"

	"github.com/otelmem/otelmem-go/internal/attrs"
	"github.com/otelmem/otelmem-go/internal/memstat"
)

// flushTimeout bounds how long a dump waits for its event to leave.
const flushTimeout = 2 * time.Second

// spans emits event spans. They are ended before they are returned.
type spans struct {
	tracer trace.Tracer
	flush  func(context.Context) error
}

func newSpans(tp trace.TracerProvider) *spans {
	s := &spans{tracer: tp.Tracer(attrs.ScopeEvents), flush: func(context.Context) error { return nil }}
	if f, ok := tp.(interface{ ForceFlush(context.Context) error }); ok {
		s.flush = f.ForceFlush
	}
	return s
}

// crossed emits the event of a crossing and waits until it has left, at most
// flushTimeout. The context returned carries it. A failed flush is no reason not
// to dump: the error is only told.
func (s *spans) crossed(ctx context.Context, d decision, snap memstat.Snapshot, limit memstat.Limit, suspects []Suspect) (context.Context, error) {
	options := []trace.SpanStartOption{
		trace.WithNewRoot(),
		trace.WithAttributes(memoryAttributes(snap, limit)...),
		trace.WithAttributes(
			attrs.Threshold.Int64(d.rung.Bytes),
			attrs.ThresholdText.String(d.rung.Text),
			attrs.Predicted.Bool(d.predicted),
		),
	}
	for _, suspect := range suspects {
		options = append(options, trace.WithLinks(trace.Link{
			SpanContext: suspect.SpanContext,
			Attributes: []attribute.KeyValue{
				attrs.Operation.String(suspect.Operation),
				attrs.Category.String(suspect.Category),
				attrs.LargestGrowth.Int64(suspect.Growth),
				attrs.InFlight.Bool(suspect.InFlight),
			},
		}))
	}
	ctx, span := s.tracer.Start(ctx, attrs.EventThresholdCrossed, options...)
	span.End()
	flushCtx, cancel := context.WithTimeout(ctx, flushTimeout)
	defer cancel()
	return ctx, s.flush(flushCtx)
}

// written emits the span of a profile that took from start until now.
func (s *spans) written(ctx context.Context, start time.Time, file File, side *Side, err error) trace.SpanContext {
	_, span := s.tracer.Start(ctx, attrs.EventHeapProfileWritten, trace.WithTimestamp(start), trace.WithAttributes(
		attrs.Reason.String(side.Reason),
		attrs.DumpPath.String(file.Path),
		attrs.DumpSize.Int64(file.Size),
	))
	if err != nil {
		span.RecordError(err)
		span.SetStatus(codes.Error, err.Error())
	}
	span.End()
	return span.SpanContext()
}

func memoryAttributes(s memstat.Snapshot, limit memstat.Limit) []attribute.KeyValue {
	kvs := []attribute.KeyValue{
		attrs.RSS.Int64(s.RSS),
		attrs.Heap.Int64(s.HeapObjects),
		attrs.External.Int64(s.External),
	}
	if limit.Bytes > 0 {
		kvs = append(kvs, attrs.Limit.Int64(limit.Bytes))
	}
	return kvs
}
