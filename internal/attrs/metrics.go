package attrs

// Metric names. Unit By unless said. What adds up over categories and replicas is an
// UpDownCounter, what does not is a gauge.
const (
	// MetricSpanGrowth is a histogram by Category and Memory, of growth clamped at 0.
	MetricSpanGrowth = "otelmem.span.growth"
	// MetricOperations counts operations that ended, by Category ({operation}).
	MetricOperations = "otelmem.operations"
	// MetricLive is what is live of a Category's making (UpDownCounter).
	MetricLive = "otelmem.memory.live"
	// MetricAllocated counts what a Category allocated.
	MetricAllocated = "otelmem.memory.allocated"
	// MetricLeakRate gauges how fast a growing Category's live bytes grow (By/s).
	MetricLeakRate = "otelmem.memory.leak_rate"
	// MetricExternal is the process's resident memory outside Go (UpDownCounter).
	MetricExternal = "otelmem.memory.external"
	// MetricTimeToLimit gauges the time until the memory limit at this rate (s).
	MetricTimeToLimit = "otelmem.memory.time_to_limit"
	// MetricGoroutines is how many goroutines that a Category's operations started
	// live (UpDownCounter, {goroutine}).
	MetricGoroutines = "otelmem.goroutine.count"
	// MetricDumps counts heap profiles by DumpReason and Outcome ({dump}).
	MetricDumps = "otelmem.dumps"
	// MetricSelfMemory is what this module holds itself (UpDownCounter).
	MetricSelfMemory = "otelmem.self.memory.usage"
	// MetricSelfProfileDuration gauges how long the last read of the heap profile
	// took (s).
	MetricSelfProfileDuration = "otelmem.self.profile.duration"
	// MetricSelfUntracked counts spans that were not tracked ({span}).
	MetricSelfUntracked = "otelmem.self.span.untracked"
	// MetricSelfOperationsOverflowed counts operations that count as Overflow
	// ({operation}).
	MetricSelfOperationsOverflowed = "otelmem.self.operation.overflowed"
	// MetricSelfCategoriesOverflowed counts categories whose growth counts as that of
	// Overflow ({category}).
	MetricSelfCategoriesOverflowed = "otelmem.self.category.overflowed"
	// MetricSelfDisabled is 1 for each Part that disabled itself, with its Reason
	// (UpDownCounter, {part}).
	MetricSelfDisabled = "otelmem.self.disabled"
)
