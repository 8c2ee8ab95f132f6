package telemetry

import (
	"time"

	"go.opentelemetry.io/otel/metric"

	"github.com/otelmem/otelmem-go/internal/attrs"
	"github.com/otelmem/otelmem-go/otelmem/internal/attribution"
	"github.com/otelmem/otelmem-go/otelmem/report"
)

// Observation is what is observed when metrics are collected. Bytes unless said.
type Observation struct {
	External    int64
	TimeToLimit float64 // seconds; negative: memory does not approach a limit
	SelfMemory  int64
	Untracked   int64 // spans
	Overflowed  int64 // operations
	Disabled    []report.DisabledPart
	Categories  []attribution.Category
	ProfileTook time.Duration
}

// observed are the instruments that are asked at each collection.
type observed struct {
	live, external, goroutines, selfMemory, disabled      observedInt
	untracked, operationsOverflowed, categoriesOverflowed observedInt
	allocated, leakRate, timeToLimit, profileTook         observedFloat

	categories *categories
	order      order
}

func newObserved(in *instruments, c *categories) *observed {
	return &observed{
		live:                 in.upDownCounter(attrs.MetricLive, "By", "Live bytes that the category's operations allocated, estimated from the heap profile."),
		allocated:            in.floatCounter(attrs.MetricAllocated, "By", "Bytes that the category's operations allocated, estimated from the heap profile."),
		leakRate:             in.floatGauge(attrs.MetricLeakRate, "By/s", "How fast the live bytes of a category that is suspected to leak grow."),
		external:             in.upDownCounter(attrs.MetricExternal, "By", "Resident memory outside the Go runtime: cgo, anonymous mmap."),
		timeToLimit:          in.floatGauge(attrs.MetricTimeToLimit, "s", "Time until the memory limit at the present rate."),
		goroutines:           in.upDownCounter(attrs.MetricGoroutines, "{goroutine}", "Goroutines that the category's operations started and that live."),
		selfMemory:           in.upDownCounter(attrs.MetricSelfMemory, "By", "What memory diagnostics hold themselves, about."),
		profileTook:          in.floatGauge(attrs.MetricSelfProfileDuration, "s", "How long the last read of the heap profile took."),
		untracked:            in.observableCounter(attrs.MetricSelfUntracked, "{span}", "Spans that ended without growth, since more were in flight than are tracked."),
		operationsOverflowed: in.observableCounter(attrs.MetricSelfOperationsOverflowed, "{operation}", "Operations beyond the bound, which count as _overflow."),
		categoriesOverflowed: in.observableCounter(attrs.MetricSelfCategoriesOverflowed, "{category}", "Categories beyond the bound, whose growth counts as that of _overflow."),
		disabled:             in.upDownCounter(attrs.MetricSelfDisabled, "{part}", "1 for each part of memory diagnostics that turned itself off."),
		categories:           c,
	}
}

// report observes what there is now. What does not apply is not observed, and so
// leaves the backend.
func (i *observed) report(o metric.Observer, now Observation) {
	i.external.is(o, now.External)
	i.selfMemory.is(o, now.SelfMemory)
	i.untracked.is(o, now.Untracked)
	i.operationsOverflowed.is(o, now.Overflowed)
	i.categoriesOverflowed.is(o, i.categories.beyond())
	if now.TimeToLimit >= 0 {
		i.timeToLimit.is(o, now.TimeToLimit)
	}
	if now.ProfileTook > 0 {
		i.profileTook.is(o, now.ProfileTook.Seconds())
	}
	for _, c := range i.order.sort(now.Categories) {
		category := metric.WithAttributes(attrs.Category.String(c.Name))
		i.live.is(o, int64(c.Live), category)
		i.allocated.is(o, c.Allocated, category)
		i.goroutines.is(o, int64(c.Goroutines), category)
		if c.LeakRate > 0 {
			i.leakRate.is(o, c.LeakRate, category)
		}
	}
	for _, part := range now.Disabled {
		i.disabled.is(o, 1, metric.WithAttributes(attrs.Part.String(part.Part), attrs.Reason.String(part.Reason)))
	}
}
