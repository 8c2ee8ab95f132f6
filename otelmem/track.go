package otelmem

import (
	"context"

	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/trace"

	"github.com/otelmem/otelmem-go/internal/attrs"
)

// Run calls fn as an operation, such as a background job: in a span, so that it is
// measured like a request, and covered as by [Do], so that what it allocates is
// operation's. It returns fn's error, which the span records. The span's parent is
// ctx's; opts are for the span, see [Detail].
//
// Before Start, and where diagnostics are off, there is no span. Names should be few:
// put what varies into opts.
func (d *Diagnostics) Run(ctx context.Context, operation string, fn func(context.Context) error, opts ...trace.SpanStartOption) (err error) {
	ctx = orBackground(ctx)
	if d != nil {
		if tracer := d.tracer.Load(); tracer != nil {
			var span trace.Span
			ctx, span = (*tracer).Start(ctx, operation, opts...)
			defer span.End()
			defer func() {
				if err != nil {
					span.RecordError(err)
					span.SetStatus(codes.Error, err.Error())
				}
			}()
		}
	}
	Do(ctx, operation, func(ctx context.Context) { err = fn(ctx) })
	return err
}

// Detail tells one run of an operation from others, as the attribute otelmem.detail
// of its span.
func Detail(detail string) trace.SpanStartOption {
	return trace.WithAttributes(attrs.Detail.String(detail))
}

// Track starts a span around work that is not a function of its own, so that it is
// measured like a request: name is its operation and category. Call end when the work
// is done; calls after the first do nothing. It covers no allocations: where it can,
// [Diagnostics.Run] does both. The span's parent is ctx's; opts are for the span, see
// [Detail]. Before Start, and where diagnostics are off, it does nothing.
//
// Names should be few: put what varies into opts.
func (d *Diagnostics) Track(ctx context.Context, name string, opts ...trace.SpanStartOption) (_ context.Context, end func()) {
	ctx = orBackground(ctx)
	if d == nil {
		return ctx, func() {}
	}
	tracer := d.tracer.Load()
	if tracer == nil {
		return ctx, func() {}
	}
	ctx, span := (*tracer).Start(ctx, name, opts...)
	return ctx, func() { span.End() }
}
