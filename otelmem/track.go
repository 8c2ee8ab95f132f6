package otelmem

import (
	"context"

	"go.opentelemetry.io/otel/trace"

	"github.com/otelmem/otelmem-go/dump"
	"github.com/otelmem/otelmem-go/internal/attrs"
)

// Track starts a span around background work, so that it is measured like a
// request: name is its operation and category, detail (may be empty) tells this
// run from others. Call end when the work is done; calls after the first do
// nothing. The span's parent is ctx's. Before Start, and where diagnostics are
// off, it does nothing.
//
// Names should be few: put what varies into detail.
func (d *Diagnostics) Track(ctx context.Context, name, detail string) (_ context.Context, end func()) {
	tracer := d.tracer.Load()
	if tracer == nil {
		return ctx, func() {}
	}
	var options []trace.SpanStartOption
	if detail != "" {
		options = append(options, trace.WithAttributes(attrs.Detail.String(detail)))
	}
	ctx, span := (*tracer).Start(ctx, name, options...)
	return ctx, func() { span.End() }
}

// Dump writes a heap profile now, whatever the thresholds say. reason goes into
// its name and its metadata file. It is safe for concurrent use: dumps take turns.
func (d *Diagnostics) Dump(ctx context.Context, reason string) (dump.File, error) {
	if !d.Enabled() {
		return dump.File{}, ErrDisabled
	}
	return d.dumper.Dump(ctx, reason)
}
