package dump

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/trace"
	"go.opentelemetry.io/otel/trace/noop"

	"github.com/otelmem/otelmem-go/internal/attrs"
)

// flushTimeout is how long a dump waits at most for its event span to be sent.
const flushTimeout = 2 * time.Second

// errSlow is the error of a dump that stopped waiting for its event span.
var errSlow = fmt.Errorf("it was not sent within %v; the profile is written without waiting for it", flushTimeout)

// eventSpans emits the event spans, under an instrumentation scope of their own, which
// distinguishes them from operations.
type eventSpans struct {
	tracer  trace.Tracer
	flush   func(context.Context) error
	sending sync.WaitGroup // spans that are being sent
}

func newEventSpans(tp trace.TracerProvider) *eventSpans {
	s := &eventSpans{tracer: attrs.Tracer(tp, attrs.ScopeEvents), flush: func(context.Context) error { return nil }}
	if f, ok := tp.(interface{ ForceFlush(context.Context) error }); ok {
		s.flush = f.ForceFlush
	}
	return s
}

// crossed emits the event span of a crossing. suspects are the best first. The
// context that it returns carries the span. waitSent waits until the span was sent, at most flushTimeout. Its error is
// only reported: the profile is written all the same.
func (s *eventSpans) crossed(ctx context.Context, d decision, memory Memory, limit Limit, suspects []Suspect) (_ context.Context, waitSent func() error) {
	// The most important attributes are first: of more than the SDK's limit it drops the
	// last.
	options := []trace.SpanStartOption{
		trace.WithNewRoot(),
		trace.WithAttributes(attrs.ThresholdText.String(d.threshold.Text)),
		trace.WithAttributes(memoryAttributes(memory, limit.Bytes)...),
		trace.WithAttributes(
			attrs.Predicted.Bool(d.predicted),
			attrs.Threshold.Int64(d.threshold.Bytes),
		),
	}
	// The best suspect is last: of more links than the SDK's limit it drops the first.
	for _, suspect := range slices.Backward(suspects) {
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
	ctx, span := s.start(ctx, attrs.EventThresholdCrossed, options)
	sent := make(chan error, 1)
	// On its own goroutine: a processor that exports at End, or a provider that ignores
	// its context, could otherwise block the dump for ever.
	s.sending.Go(func() { sent <- s.send(span) })
	return ctx, func() error {
		timeout := time.NewTimer(flushTimeout)
		defer timeout.Stop()
		select {
		case err := <-sent:
			return err
		case <-timeout.C:
			return errSlow
		}
	}
}

// start starts a span. Where others' code panics there is none.
func (s *eventSpans) start(ctx context.Context, name string, options []trace.SpanStartOption) (started context.Context, span trace.Span) {
	defer func() {
		if recover() != nil {
			started, span = ctx, noop.Span{}
		}
	}()
	return s.tracer.Start(ctx, name, options...)
}

func (s *eventSpans) send(span trace.Span) (err error) {
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

// startWriting starts the span of a profile that is about to be written, a child of
// the span in ctx if there is one.
func (s *eventSpans) startWriting(ctx context.Context, metadata *Metadata) trace.Span {
	_, span := s.start(ctx, attrs.EventHeapProfileWritten,
		[]trace.SpanStartOption{trace.WithAttributes(attrs.DumpReason.String(metadata.Reason))})
	return span
}

// endWriting ends that span. The path of the profile comes before the rest: of more
// attributes than the SDK's limit it drops the last. It waits for a processor that
// exports at End, at most flushTimeout: the profile is written, and others wait for
// their turn.
func endWriting(span trace.Span, file File, memory Memory, limit int64, err error) {
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		defer func() { _ = recover() }() // an exporter's, whose span it is
		if err != nil {
			span.RecordError(err)
			span.SetStatus(codes.Error, err.Error())
		} else {
			span.SetAttributes(attrs.DumpPath.String(file.Path), attrs.DumpSize.Int64(file.Size))
		}
		span.SetAttributes(memoryAttributes(memory, limit)...)
		span.End()
	}()
	timeout := time.NewTimer(flushTimeout)
	defer timeout.Stop()
	select {
	case <-ended:
	case <-timeout.C:
	}
}

func memoryAttributes(m Memory, limit int64) []attribute.KeyValue {
	kvs := []attribute.KeyValue{
		attrs.RSS.Int64(m.RSS),
		attrs.Heap.Int64(m.HeapObjects),
		attrs.External.Int64(m.External),
	}
	if limit > 0 {
		kvs = append(kvs, attrs.Limit.Int64(limit))
	}
	return kvs
}
