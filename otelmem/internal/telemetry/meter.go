package telemetry

import (
	"context"
	"fmt"

	"go.opentelemetry.io/otel/metric"
	"go.opentelemetry.io/otel/metric/noop"
	"go.opentelemetry.io/otel/trace"

	"github.com/otelmem/otelmem-go/dump"
	"github.com/otelmem/otelmem-go/internal/attrs"
	"github.com/otelmem/otelmem-go/spanhook"
)

// growthBounds are the histogram's bucket boundaries, in bytes.
var growthBounds = []float64{
	0, 4 << 10, 64 << 10, 256 << 10, 1 << 20, 4 << 20, 16 << 20, 64 << 20, 256 << 20, 1 << 30, 4 << 30,
}

// Meter holds the instruments. It is safe for concurrent use.
type Meter struct {
	growth     metric.Int64Histogram
	operations metric.Int64Counter
	dumps      metric.Int64Counter
	categories categories
	last       lastExport
}

// NewMeter makes these instruments, in the scope of [attrs.Scope]:
//
//	otelmem.span.growth                 histogram      By           category, memory type (rss, heap, external)
//	otelmem.operations                  counter        {operation}  category
//	otelmem.memory.live                 updowncounter  By           category; live bytes that it allocated
//	otelmem.memory.allocated            counter        By           category
//	otelmem.memory.leak_rate            gauge          By/s         category; absent unless a leak is suspected
//	otelmem.memory.external             updowncounter  By
//	otelmem.memory.time_to_limit        gauge          s            absent while memory does not approach a limit
//	otelmem.goroutine.count             updowncounter  {goroutine}  category
//	otelmem.dumps                       counter        {dump}       dump reason, outcome
//	otelmem.self.memory.usage           updowncounter  By
//	otelmem.self.profile.duration       gauge          s            of the last read of the heap profile
//	otelmem.self.span.untracked         counter        {span}
//	otelmem.self.operation.overflowed   counter        {operation}
//	otelmem.self.category.overflowed    counter        {category}
//	otelmem.self.disabled               updowncounter  {part}       part, reason
//
// observe is called once a collection, before it: what it counts is collected.
// disable is called for each instrument that cannot be made; the others work.
func NewMeter(mp metric.MeterProvider, observe func() Observation, disable func(part, reason string)) *Meter {
	if mp == nil {
		mp = noop.NewMeterProvider()
	}
	in := &instruments{
		meter:   mp.Meter(attrs.Scope, metric.WithInstrumentationVersion(attrs.Version), metric.WithSchemaURL(attrs.SchemaURL)),
		disable: disable,
	}
	m := &Meter{
		growth:     in.histogram(attrs.MetricSpanGrowth, "By", "Growth of the process's memory while an operation ran; what shrank counts as 0."),
		operations: in.counter(attrs.MetricOperations, "{operation}", "Operations that ended."),
		dumps:      in.counter(attrs.MetricDumps, "{dump}", "Heap profiles, by why and how they ended."),
	}
	m.startDumpsAtZero()
	observed := newObserved(in, &m.categories)
	m.last.provider, m.last.observe = mp, observe
	registration, err := in.meter.RegisterCallback(func(_ context.Context, o metric.Observer) error {
		observed.report(o, m.last.observation())
		return nil
	}, in.observable...)
	if err == nil {
		m.last.registration = registration
	} else {
		disable("observed metrics", fmt.Sprintf("register their callback: %v", err))
	}
	return m
}

// startDumpsAtZero makes the series of all dumps, since a backend computes increases:
// it would not see the first failure of a series that begins with it.
func (m *Meter) startDumpsAtZero() {
	for _, reason := range []string{dump.ReasonThreshold, dump.ReasonPredicted, dump.ReasonManual} {
		for _, outcome := range []string{attrs.OutcomeWritten, attrs.OutcomeSkipped, attrs.OutcomeFailed} {
			m.addDumps(context.Background(), 0, reason, outcome)
		}
	}
}

// Record counts an operation that ended. Exemplars lead to its span.
func (m *Meter) Record(category string, g *spanhook.Growth) {
	ctx := trace.ContextWithSpanContext(context.Background(), g.Span.SpanContext())
	options := m.categories.options(category)
	m.operations.Add(ctx, 1, options.operations...)
	m.growth.Record(ctx, max(0, g.Heap), options.growth.heap...)
	if g.HasProcess {
		m.growth.Record(ctx, max(0, g.RSS), options.growth.rss...)
		m.growth.Record(ctx, max(0, g.External), options.growth.external...)
	}
}

// Dump counts a heap profile.
func (m *Meter) Dump(ctx context.Context, reason, outcome string) {
	m.addDumps(ctx, 1, reason, outcome)
}

func (m *Meter) addDumps(ctx context.Context, n int64, reason, outcome string) {
	m.dumps.Add(ctx, n, metric.WithAttributes(attrs.DumpReason.String(reason), attrs.Outcome.String(outcome)))
}
