package telemetry

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"go.opentelemetry.io/otel/attribute"
	sdkmetric "go.opentelemetry.io/otel/sdk/metric"
	"go.opentelemetry.io/otel/sdk/metric/metricdata"
	"go.opentelemetry.io/otel/sdk/metric/metricdata/metricdatatest"
	"go.opentelemetry.io/otel/sdk/trace/tracetest"

	"github.com/otelmem/otelmem-go/dump"
	"github.com/otelmem/otelmem-go/internal/attrs"
	"github.com/otelmem/otelmem-go/otelmem/internal/attribution"
	"github.com/otelmem/otelmem-go/otelmem/report"
	"github.com/otelmem/otelmem-go/spanhook"
)

// nothing is an observation of a process of which nothing is known.
func nothing() Observation { return Observation{TimeToLimit: -1} }

// metered is a meter whose metrics a test collects. No part of it may turn itself off.
func metered(t *testing.T, observe func() Observation, options ...sdkmetric.Option) (*Meter, *sdkmetric.ManualReader) {
	t.Helper()
	reader := sdkmetric.NewManualReader()
	return meteredBy(t, reader, observe, options...), reader
}

func meteredBy(t *testing.T, reader sdkmetric.Reader, observe func() Observation, options ...sdkmetric.Option) *Meter {
	t.Helper()
	mp := sdkmetric.NewMeterProvider(append(options, sdkmetric.WithReader(reader))...)
	m := NewMeter(mp, observe, func(part, reason string) { t.Errorf("%s is off: %s", part, reason) })
	t.Cleanup(func() {
		if err := m.Close(); err != nil {
			t.Error(err)
		}
	})
	return m
}

// collect returns the metrics of a scope by name.
func collect(t *testing.T, reader sdkmetric.Reader) map[string]metricdata.Metrics {
	t.Helper()
	var all metricdata.ResourceMetrics
	if err := reader.Collect(t.Context(), &all); err != nil {
		t.Fatal(err)
	}
	byName := make(map[string]metricdata.Metrics)
	for _, scope := range all.ScopeMetrics {
		if scope.Scope.Name != attrs.Scope || scope.Scope.Version != attrs.Version || scope.Scope.SchemaURL != attrs.SchemaURL {
			t.Errorf("scope %+v", scope.Scope)
		}
		for _, m := range scope.Metrics {
			byName[m.Name] = m
		}
	}
	return byName
}

// ended is the growth of an operation that ended.
func ended(heap, rss, external int64) *spanhook.Growth {
	return &spanhook.Growth{Span: tracetest.SpanStub{}.Snapshot(), Heap: heap, HasProcess: true, RSS: rss, External: external}
}

// growthOf are the counts of recorded growths of heap, by category.
func growthOf(t *testing.T, metrics map[string]metricdata.Metrics) map[string]metricdata.HistogramDataPoint[int64] {
	t.Helper()
	points := make(map[string]metricdata.HistogramDataPoint[int64])
	for _, p := range metrics[attrs.MetricSpanGrowth].Data.(metricdata.Histogram[int64]).DataPoints {
		if memory, _ := p.Attributes.Value(attrs.Memory); memory.AsString() == attrs.MemoryHeap {
			points[categoryOf(p.Attributes)] = p
		}
	}
	return points
}

func categoryOf(set attribute.Set) string {
	category, _ := set.Value(attrs.Category)
	return category.AsString()
}

func TestGrowthThatIsNegativeCountsAsZero(t *testing.T) {
	m, reader := metered(t, nothing)
	m.Record("api_records", ended(-5, -6, -7))
	m.Record("api_records", ended(3, 4, 5))

	point := func(memory string, sum int64) metricdata.HistogramDataPoint[int64] {
		return metricdata.HistogramDataPoint[int64]{
			Attributes:   attribute.NewSet(attrs.Category.String("api_records"), attrs.Memory.String(memory)),
			Count:        2,
			Bounds:       growthBounds,
			BucketCounts: []uint64{1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0},
			Min:          metricdata.NewExtrema[int64](0),
			Max:          metricdata.NewExtrema(sum),
			Sum:          sum,
		}
	}
	metricdatatest.AssertEqual(t, metricdata.Metrics{
		Name:        "otelmem.span.growth",
		Description: "Growth of the process's memory while an operation ran; what shrank counts as 0.",
		Unit:        "By",
		Data: metricdata.Histogram[int64]{
			Temporality: metricdata.CumulativeTemporality,
			DataPoints:  []metricdata.HistogramDataPoint[int64]{point("heap", 3), point("rss", 4), point("external", 5)},
		},
	}, collect(t, reader)[attrs.MetricSpanGrowth], metricdatatest.IgnoreTimestamp(), metricdatatest.IgnoreExemplars())
}

func TestWhatAddsUpIsASumThatMayFallAndARateIsAGauge(t *testing.T) {
	_, reader := metered(t, func() Observation {
		return Observation{
			External: 1, SelfMemory: 2, TimeToLimit: 3,
			Disabled:   []report.DisabledPart{{Part: "dumps", Reason: "panic"}},
			Categories: []attribution.Category{{Name: "api_records", Live: 4, LeakRate: 0.5, Goroutines: 6}},
		}
	})
	metrics := collect(t, reader)
	category := attribute.NewSet(attrs.Category.String("api_records"))
	for name, want := range map[string]metricdata.DataPoint[int64]{
		"otelmem.memory.external":   {Value: 1},
		"otelmem.self.memory.usage": {Value: 2},
		"otelmem.memory.live":       {Value: 4, Attributes: category},
		"otelmem.goroutine.count":   {Value: 6, Attributes: category},
		"otelmem.self.disabled":     {Value: 1, Attributes: attribute.NewSet(attrs.Part.String("dumps"), attrs.Reason.String("panic"))},
	} {
		metricdatatest.AssertAggregationsEqual(t, metricdata.Sum[int64]{
			Temporality: metricdata.CumulativeTemporality,
			DataPoints:  []metricdata.DataPoint[int64]{want},
		}, metrics[name].Data, metricdatatest.IgnoreTimestamp())
	}
	for name, want := range map[string]metricdata.DataPoint[float64]{
		"otelmem.memory.leak_rate":     {Value: 0.5, Attributes: category},
		"otelmem.memory.time_to_limit": {Value: 3},
	} {
		metricdatatest.AssertAggregationsEqual(t, metricdata.Gauge[float64]{DataPoints: []metricdata.DataPoint[float64]{want}},
			metrics[name].Data, metricdatatest.IgnoreTimestamp())
	}
}

func TestWhatDoesNotApplyIsAbsent(t *testing.T) {
	_, reader := metered(t, func() Observation {
		return Observation{TimeToLimit: -1, Categories: []attribution.Category{{Name: "api_records", Live: 4}}}
	})
	metrics := collect(t, reader)
	for _, name := range []string{attrs.MetricTimeToLimit, attrs.MetricLeakRate, attrs.MetricSelfProfileDuration, attrs.MetricSelfDisabled} {
		if m, ok := metrics[name]; ok {
			t.Errorf("%s is there: %+v", name, m.Data)
		}
	}
}

// A view that drops the category leaves the sum of all, which a gauge would not.
func TestViewWithoutTheCategoryLeavesTheSum(t *testing.T) {
	view := sdkmetric.NewView(sdkmetric.Instrument{Name: "otelmem.*"},
		sdkmetric.Stream{AttributeFilter: attribute.NewDenyKeysFilter(attrs.Category)})
	_, reader := metered(t, func() Observation {
		return Observation{Categories: []attribution.Category{{Name: "a", Live: 2}, {Name: "b", Live: 8}}}
	}, sdkmetric.WithView(view))
	points := collect(t, reader)[attrs.MetricLive].Data.(metricdata.Sum[int64]).DataPoints
	if len(points) != 1 || points[0].Value != 10 {
		t.Errorf("points %+v, want one of 10", points)
	}
}

func TestDumpsOfEachReasonAndOutcomeStartAtZero(t *testing.T) {
	m, reader := metered(t, nothing)
	counts := func() map[string]int64 {
		counts := make(map[string]int64)
		for _, p := range collect(t, reader)[attrs.MetricDumps].Data.(metricdata.Sum[int64]).DataPoints {
			reason, _ := p.Attributes.Value(attrs.DumpReason)
			outcome, _ := p.Attributes.Value(attrs.Outcome)
			counts[reason.AsString()+" "+outcome.AsString()] = p.Value
		}
		return counts
	}
	before := counts()
	for _, reason := range []string{"threshold", "predicted", "manual"} {
		for _, outcome := range []string{"written", "skipped", "failed"} {
			if n, ok := before[reason+" "+outcome]; !ok || n != 0 {
				t.Errorf("%s %s: %d, %t, want 0", reason, outcome, n, ok)
			}
		}
	}
	m.Dump(t.Context(), dump.ReasonThreshold, attrs.OutcomeFailed)
	if after := counts(); after["threshold failed"] != 1 || len(after) != len(before) {
		t.Errorf("after a failure: %v", after)
	}
}

// An SDK of default settings merges what is beyond 2,000 series, and says nothing.
func TestGrowthOfManyCategoriesIsFoldedAndCounted(t *testing.T) {
	const categories = 1000
	m, reader := metered(t, nothing)
	for range 2 {
		for i := range categories {
			m.Record(fmt.Sprint("category ", i), ended(1, 1, 1))
		}
	}
	metrics := collect(t, reader)
	growth := growthOf(t, metrics)
	if _, merged := growth[""]; merged || len(growth) != maxGrowthCategories+1 {
		t.Errorf("growth of %d categories, merged by the SDK: %t; want %d and %s", len(growth), merged, maxGrowthCategories, attrs.Overflow)
	}
	if n := growth["category 0"].Count; n != 2 {
		t.Errorf("%d operations of the first category, want 2", n)
	}
	const beyond = categories - maxGrowthCategories
	if n := growth[attrs.Overflow].Count; n != 2*beyond {
		t.Errorf("%d operations in %s, want %d", n, attrs.Overflow, 2*beyond)
	}
	if n := metrics["otelmem.self.category.overflowed"].Data.(metricdata.Sum[int64]).DataPoints[0].Value; n != beyond {
		t.Errorf("%d categories are said to be folded, want %d", n, beyond)
	}
	// Their number has a series each, however many.
	if n := len(metrics[attrs.MetricOperations].Data.(metricdata.Sum[int64]).DataPoints); n != categories {
		t.Errorf("operations of %d categories, want %d", n, categories)
	}
}

func TestInstrumentThatAViewDoesNotFitIsOffAndTheRestWorks(t *testing.T) {
	for name, instrument := range map[string]string{
		"histogram": attrs.MetricSpanGrowth, "counter": attrs.MetricDumps, "sum": attrs.MetricLive, "sum of fractions": attrs.MetricAllocated,
	} {
		t.Run(name, func(t *testing.T) {
			reader := sdkmetric.NewManualReader()
			view := sdkmetric.NewView(sdkmetric.Instrument{Name: instrument}, sdkmetric.Stream{Aggregation: sdkmetric.AggregationLastValue{}})
			var off []string
			m := NewMeter(sdkmetric.NewMeterProvider(sdkmetric.WithReader(reader), sdkmetric.WithView(view)),
				func() Observation {
					return Observation{External: 7, Categories: []attribution.Category{{Name: "api_records", Live: 4, Allocated: 5}}}
				},
				func(part, reason string) { off = append(off, part+": "+reason) })
			m.Record("api_records", ended(1, 1, 1))
			m.Dump(t.Context(), dump.ReasonManual, attrs.OutcomeWritten)

			if len(off) != 1 || !strings.HasPrefix(off[0], "metric "+instrument+": ") || !strings.Contains(off[0], "incompatible aggregation") {
				t.Errorf("off: %q, want %s and why", off, instrument)
			}
			metrics := collect(t, reader)
			for _, other := range []string{attrs.MetricSpanGrowth, attrs.MetricOperations, attrs.MetricDumps, attrs.MetricLive, attrs.MetricAllocated, attrs.MetricExternal} {
				if _, ok := metrics[other]; ok == (other == instrument) {
					t.Errorf("%s is there: %t", other, ok)
				}
			}
			if err := m.Close(); err != nil {
				t.Error(err)
			}
		})
	}
}

// live are the live bytes by category, with "" for those that the SDK merged.
func live(t *testing.T, reader sdkmetric.Reader) map[string]int64 {
	t.Helper()
	values := make(map[string]int64)
	for _, p := range collect(t, reader)[attrs.MetricLive].Data.(metricdata.Sum[int64]).DataPoints {
		values[categoryOf(p.Attributes)] = p.Value
	}
	return values
}

func TestCardinalityLimitCutsThoseThatHoldTheLeast(t *testing.T) {
	_, reader := metered(t, func() Observation {
		return Observation{Categories: []attribution.Category{
			{Name: "least", Live: 1}, {Name: "leaker", Live: 1000}, {Name: "second", Live: 30}, {Name: "little", Live: 2},
		}}
	}, sdkmetric.WithCardinalityLimit(3))
	for range 10 {
		if got := live(t, reader); got["leaker"] != 1000 || got["second"] != 30 || got[""] != 3 || len(got) != 3 {
			t.Fatalf("live bytes %v, want those of the leaker and the second, and 3 of others", got)
		}
	}
}

// A delta sum counts a category anew that was merged before.
func TestDeltaSumsUnderACardinalityLimitDoNotInflate(t *testing.T) {
	sizes := [][]float64{{1000, 30, 2}, {1100, 20, 29}, {1200, 30, 28}, {1300, 10, 29}}
	round := 0
	reader := sdkmetric.NewManualReader(sdkmetric.WithTemporalitySelector(
		func(sdkmetric.InstrumentKind) metricdata.Temporality { return metricdata.DeltaTemporality }))
	meteredBy(t, reader, func() Observation {
		all := []attribution.Category{{Name: "leaker", Live: sizes[round][0]}, {Name: "second", Live: sizes[round][1]}, {Name: "third", Live: sizes[round][2]}}
		if round%2 == 1 {
			slices.Reverse(all)
		}
		return Observation{Categories: all}
	}, sdkmetric.WithCardinalityLimit(3))
	sums := make(map[string]int64)
	for round = range sizes {
		for category, delta := range live(t, reader) {
			sums[category] += delta
		}
	}
	if sums["leaker"] != 1300 || sums["second"] != 10 || sums[""] != 29 {
		t.Errorf("sums of deltas %v, want what is live at the end", sums)
	}
}
