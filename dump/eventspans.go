package dump

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/trace"

	"github.com/otelmem/otelmem-go/internal/attrs"
	"github.com/otelmem/otelmem-go/internal/memstat"
)

// flushTimeout bounds how long a dump waits for its event to leave.
const flushTimeout = 2 * time.Second

// errSlow is why a dump did not wait for its event any longer.
var errSlow = fmt.Errorf("it has not left after %v; the profile does not wait for it", flushTimeout)

// spans emits event spans, under a scope of their own by which they are told from
// operations.
type spans struct {
	tracer  trace.Tracer
	flush   func(context.Context) error
	leaving sync.WaitGroup // events on their way
}

func newSpans(tp trace.TracerProvider) *spans {
	s := &spans{tracer: tp.Tracer(attrs.ScopeEvents), flush: func(context.Context) error { return nil }}
	if f, ok := tp.(interface{ ForceFlush(context.Context) error }); ok {
		s.flush = f.ForceFlush
	}
	return s
}

// crossed emits the event of a crossing. The context returned carries it. wait
// waits until it has left, at most flushTimeout. A failed flush is no reason not
// to dump: the error is only told.
func (s *spans) crossed(ctx context.Context, d decision, snap memstat.Snapshot, limit memstat.Limit, suspects []Suspect) (_ context.Context, wait func() error) {
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
	left := make(chan error, 1)
	// On a goroutine of its own, since a processor that exports at End, or a
	// provider that ignores its context, could hold a dump up for ever.
	s.leaving.Go(func() { left <- s.leave(span) })
	return ctx, func() error {
		timeout := time.NewTimer(flushTimeout)
		defer timeout.Stop()
		select {
		case err := <-left:
			return err
		case <-timeout.C:
			return errSlow
		}
	}
}

func (s *spans) leave(span trace.Span) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("panic: %v", p)
		}
	}()
	span.End()
	ctx, cancel := context.WithTimeout(context.Background(), flushTimeout)
	defer cancel()
	if err = s.flush(ctx); errors.Is(err, context.DeadlineExceeded) {
		err = errSlow
	}
	return err
}

// writing starts the span of a profile that is going to be written, a child of
// ctx's span if it has one.
func (s *spans) writing(ctx context.Context, side *Side, snap memstat.Snapshot, limit memstat.Limit) trace.Span {
	_, span := s.tracer.Start(ctx, attrs.EventHeapProfileWritten,
		trace.WithAttributes(attrs.Reason.String(side.Reason)),
		trace.WithAttributes(memoryAttributes(snap, limit)...))
	return span
}

// written ends that span.
func written(span trace.Span, file File, err error) {
	if err != nil {
		span.RecordError(err)
		span.SetStatus(codes.Error, err.Error())
	} else {
		span.SetAttributes(attrs.DumpPath.String(file.Path), attrs.DumpSize.Int64(file.Size))
	}
	span.End()
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
