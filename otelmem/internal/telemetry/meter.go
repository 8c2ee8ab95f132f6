package telemetry

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/metric"
	"go.opentelemetry.io/otel/metric/noop"
	"go.opentelemetry.io/otel/trace"

	"github.com/otelmem/otelmem-go/internal/attrs"
	"github.com/otelmem/otelmem-go/otelmem/internal/attribution"
	"github.com/otelmem/otelmem-go/otelmem/report"
	"github.com/otelmem/otelmem-go/spanhook"
)

// growthBounds are the histogram's bucket boundaries, in bytes.
var growthBounds = []float64{
	0, 4 << 10, 64 << 10, 256 << 10, 1 << 20, 4 << 20, 16 << 20, 64 << 20, 256 << 20, 1 << 30, 4 << 30,
}

// Meter holds the instruments. It is safe for concurrent use.
type Meter struct {
	growth       metric.Int64Histogram
	operations   metric.Int64Counter
	dumps        metric.Int64Counter
	registration metric.Registration

	mu         sync.Mutex
	byCategory map[string]*categoryOptions // bounded with the categories
}

// categoryOptions are the attributes of one category, made once.
type categoryOptions struct {
	add                 []metric.AddOption
	rss, heap, external []metric.RecordOption
}

// Gauges are what is observed when metrics are collected.
type Gauges struct {
	External    int64
	TimeToLimit float64 // seconds; negative: memory does not approach a limit
	SelfMemory  int64
	Untracked   int64
	Overflowed  int64
	Disabled    []report.DisabledPart
	Categories  []attribution.Category
	ProfileTook time.Duration
}

// NewMeter makes these instruments, in the scope of [attrs.Scope]:
//
//	otelmem.span.growth                    histogram  By           category, memory (rss, heap, external)
//	otelmem.operations                     counter    {operation}  category
//	otelmem.live                           gauge      By           category; live bytes that it allocated
//	otelmem.allocated                      counter    By           category
//	otelmem.goroutines                     gauge      {goroutine}  category
//	otelmem.leak.rate                      gauge      By/s         category; absent unless a leak is suspected
//	otelmem.external                       gauge      By
//	otelmem.time_to_limit                  gauge      s            absent while memory does not approach a limit
//	otelmem.dumps                          counter    {dump}       reason, outcome
//	otelmem.self.memory                    gauge      By
//	otelmem.self.profile.duration          gauge      s            of the last read of the heap profile
//	otelmem.self.spans.untracked           counter    {span}
//	otelmem.self.operations.overflowed     counter    {operation}
//	otelmem.self.disabled                  gauge      {part}       part, reason
//
// observe is called once a collection, before it: what it counts is collected.
func NewMeter(mp metric.MeterProvider, observe func() Gauges) (*Meter, error) {
	if mp == nil {
		mp = noop.NewMeterProvider()
	}
	in := &instruments{meter: mp.Meter(attrs.Scope)}
	m := &Meter{byCategory: make(map[string]*categoryOptions)}
	m.growth = in.histogram(attrs.SpanGrowth, "By", "Growth of the process's memory while an operation ran; what shrank counts as 0.")
	m.operations = in.counter(attrs.Operations, "{operation}", "Operations that ended.")
	m.dumps = in.counter(attrs.Dumps, "{dump}", "Heap profiles, by why and how they ended.")
	live := in.gauge(attrs.LiveBytes, "By", "Live bytes that the category's operations allocated, estimated from the heap profile.")
	allocated := in.floatCounter(attrs.AllocatedBytes, "By", "Bytes that the category's operations allocated, estimated from the heap profile.")
	goroutines := in.gauge(attrs.Goroutines, "{goroutine}", "Goroutines that the category's operations started and that live.")
	leakRate := in.floatGauge(attrs.LeakRateMetric, "By/s", "How fast the live bytes of a category that is suspected to leak grow.")
	profileTook := in.floatGauge(attrs.SelfProfileDuration, "s", "How long the last read of the heap profile took.")
	external := in.gauge(attrs.ExternalMemory, "By", "Resident memory outside the Go runtime: cgo, anonymous mmap.")
	selfMemory := in.gauge(attrs.SelfMemory, "By", "What memory diagnostics hold themselves, about.")
	disabled := in.gauge(attrs.SelfDisabled, "{part}", "1 for each part of memory diagnostics that turned itself off.")
	untracked := in.observableCounter(attrs.SelfUntracked, "{span}", "Spans that ended without growth, since more were in flight than are tracked.")
	overflowed := in.observableCounter(attrs.SelfOverflowed, "{operation}", "Operations beyond the bound, which count as _overflow.")
	timeToLimit := in.floatGauge(attrs.TimeToLimit, "s", "Time until the memory limit at the present rate.")
	if len(in.errs) > 0 {
		return nil, fmt.Errorf("create instruments: %w", errors.Join(in.errs...))
	}
	var err error
	m.registration, err = in.meter.RegisterCallback(func(_ context.Context, o metric.Observer) error {
		g := observe()
		o.ObserveInt64(external, g.External)
		o.ObserveInt64(selfMemory, g.SelfMemory)
		o.ObserveInt64(untracked, g.Untracked)
		o.ObserveInt64(overflowed, g.Overflowed)
		if g.TimeToLimit >= 0 {
			o.ObserveFloat64(timeToLimit, g.TimeToLimit)
		}
		for _, c := range g.Categories {
			category := metric.WithAttributes(attrs.Category.String(c.Name))
			o.ObserveInt64(live, int64(c.Live), category)
			o.ObserveFloat64(allocated, c.Allocated, category)
			o.ObserveInt64(goroutines, int64(c.Goroutines), category)
			if c.LeakRate > 0 {
				o.ObserveFloat64(leakRate, c.LeakRate, category)
			}
		}
		if g.ProfileTook > 0 {
			o.ObserveFloat64(profileTook, g.ProfileTook.Seconds())
		}
		for _, part := range g.Disabled {
			o.ObserveInt64(disabled, 1, metric.WithAttributes(attrs.Part.String(part.Part), attrs.Reason.String(part.Reason)))
		}
		return nil
	}, external, selfMemory, untracked, overflowed, timeToLimit, disabled, live, allocated, goroutines, leakRate, profileTook)
	if err != nil {
		return nil, fmt.Errorf("register the gauges: %w", err)
	}
	return m, nil
}

// Close unregisters what is observed.
func (m *Meter) Close() error {
	if err := m.registration.Unregister(); err != nil {
		return fmt.Errorf("unregister the gauges: %w", err)
	}
	return nil
}

// Record counts an operation that ended. Exemplars lead to its span.
func (m *Meter) Record(category string, g *spanhook.Growth) {
	ctx := trace.ContextWithSpanContext(context.Background(), g.Span.SpanContext())
	options := m.options(category)
	m.operations.Add(ctx, 1, options.add...)
	m.growth.Record(ctx, max(0, g.Heap), options.heap...)
	if g.HasProcess {
		m.growth.Record(ctx, max(0, g.RSS), options.rss...)
		m.growth.Record(ctx, max(0, g.External), options.external...)
	}
}

// Dump counts a heap profile.
func (m *Meter) Dump(ctx context.Context, reason, outcome string) {
	m.dumps.Add(ctx, 1, metric.WithAttributes(attrs.Reason.String(reason), attrs.Outcome.String(outcome)))
}

func (m *Meter) options(category string) *categoryOptions {
	m.mu.Lock()
	defer m.mu.Unlock()
	options := m.byCategory[category]
	if options == nil {
		kv := attrs.Category.String(category)
		of := func(memory string) []metric.RecordOption {
			set := attribute.NewSet(kv, attrs.Memory.String(memory))
			return []metric.RecordOption{metric.WithAttributeSet(set)}
		}
		options = &categoryOptions{
			add:      []metric.AddOption{metric.WithAttributeSet(attribute.NewSet(kv))},
			rss:      of(attrs.MemoryRSS),
			heap:     of(attrs.MemoryHeap),
			external: of(attrs.MemoryExternal),
		}
		m.byCategory[category] = options
	}
	return options
}
