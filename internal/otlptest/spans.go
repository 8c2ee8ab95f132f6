package otlptest

import (
	"context"
	"fmt"
	"slices"
	"strings"

	commonpb "go.opentelemetry.io/proto/otlp/common/v1"
	metricspb "go.opentelemetry.io/proto/otlp/metrics/v1"
	resourcepb "go.opentelemetry.io/proto/otlp/resource/v1"
	tracepb "go.opentelemetry.io/proto/otlp/trace/v1"
)

// Span is a span as it arrived. It must not be changed.
type Span struct {
	*tracepb.Span
	Resource *resourcepb.Resource
	Scope    *commonpb.InstrumentationScope
}

// Attr is the value of the span's attribute, as [Value] has it; nil when there
// is none.
func (s Span) Attr(key string) any { return Attr(s.GetAttributes(), key) }

// Spans are the spans so far, in the order in which they arrived.
func (r *Receiver) Spans() []Span {
	r.mu.Lock()
	defer r.mu.Unlock()
	return slices.Clone(r.spans)
}

// SpansNamed are those of one name.
func (r *Receiver) SpansNamed(name string) []Span {
	return slices.DeleteFunc(r.Spans(), func(s Span) bool { return s.GetName() != name })
}

// WaitSpan returns the first span that match accepts, of those that have
// arrived and those to come, or an error that lists what did arrive when ctx
// ends. match must not call the receiver.
func (r *Receiver) WaitSpan(ctx context.Context, match func(Span) bool) (Span, error) {
	return wait(ctx, r, func() ([]Span, string) { return r.spans, "span" }, match)
}

// WaitSpanNamed waits for a span of that name.
func (r *Receiver) WaitSpanNamed(ctx context.Context, name string) (Span, error) {
	return r.WaitSpan(ctx, func(s Span) bool { return s.GetName() == name })
}

// Metric is a metric as it arrived: one export of one instrument. It must not be
// changed.
type Metric struct {
	*metricspb.Metric
	Resource *resourcepb.Resource
	Scope    *commonpb.InstrumentationScope
}

// Metrics are the metrics so far, in the order in which they arrived.
func (r *Receiver) Metrics() []Metric {
	r.mu.Lock()
	defer r.mu.Unlock()
	return slices.Clone(r.metrics)
}

// LastMetric is the latest export of the instrument.
func (r *Receiver) LastMetric(name string) (Metric, bool) {
	for _, m := range slices.Backward(r.Metrics()) {
		if m.GetName() == name {
			return m, true
		}
	}
	return Metric{}, false
}

// WaitMetric is [Receiver.WaitSpan] for metrics.
func (r *Receiver) WaitMetric(ctx context.Context, match func(Metric) bool) (Metric, error) {
	return wait(ctx, r, func() ([]Metric, string) { return r.metrics, "metric" }, match)
}

// wait looks at each item once. list is called with the lock held.
func wait[T interface{ GetName() string }](ctx context.Context, r *Receiver, list func() ([]T, string), match func(T) bool) (T, error) {
	for seen := 0; ; {
		r.mu.Lock()
		items, kind := list()
		items, arrived := slices.Clone(items), r.arrived
		r.mu.Unlock()
		for _, item := range items[min(seen, len(items)):] {
			if match(item) {
				return item, nil
			}
		}
		seen = len(items)
		select {
		case <-arrived:
		case <-ctx.Done():
			var none T
			return none, fmt.Errorf("wait for a %s among %d that arrived (%s): %w", kind, len(items), names(items), context.Cause(ctx))
		}
	}
}

// names lists up to 20 distinct names.
func names[T interface{ GetName() string }](items []T) string {
	var distinct []string
	for _, item := range items {
		if name := item.GetName(); !slices.Contains(distinct, name) {
			if len(distinct) == 20 {
				distinct = append(distinct, "...")
				break
			}
			distinct = append(distinct, name)
		}
	}
	return strings.Join(distinct, ", ")
}
