package otelmem

import (
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/otelmem/otelmem-go/internal/textfmt"
	"github.com/otelmem/otelmem-go/otelmem/internal/category"
)

type config struct {
	mode           mode
	resolution     time.Duration
	spanAttributes SpanAttributes
	categorizer    func(Operation) string
	maxOperations  int
	thresholds     []string
	dumpDir        string
	retentionFiles int
	retentionBytes int64
	reportInterval time.Duration
	growthLogMin   int64
	logQuery       bool
	logger         *slog.Logger
	logFile        string
}

func defaultConfig() config {
	return config{
		spanAttributes: NonZero,
		maxOperations:  1000,
		dumpDir:        "logs/heap-dumps",
		retentionFiles: 20,
		retentionBytes: textfmt.GiB,
		reportInterval: time.Minute,
		growthLogMin:   10 * textfmt.MiB,
		logFile:        "logs/memory-diagnostics.log",
	}
}

// newConfig takes settings from options, else from the environment, else defaults.
// Variables that are invalid leave their settings at the defaults and are returned
// beside the config; an option that is invalid is an error.
func newConfig(lookup func(string) (string, bool), opts []Option) (c config, invalid []error, err error) {
	c = defaultConfig()
	invalid = c.applyEnv(lookup)
	for _, opt := range opts {
		if opt != nil {
			opt.apply(&c)
		}
	}
	return c, invalid, c.validate()
}

// validate says which settings are out of range, by the names they have as
// option and as variable.
func (c *config) validate() error {
	var errs []error
	want := func(ok bool, what string, value any, accept string) {
		if !ok {
			errs = append(errs, fmt.Errorf("%s is %v: want %s", what, value, accept))
		}
	}
	want(c.resolution >= 0, "WithResolution (OTELMEM_RESOLUTION)", c.resolution, "0 or more")
	want(c.spanAttributes == NonZero || c.spanAttributes == All, "WithSpanAttributes (OTELMEM_SPAN_ATTRIBUTES)", c.spanAttributes, "NonZero or All")
	want(c.maxOperations >= 1 && c.maxOperations <= 100_000, "WithMaxOperations (OTELMEM_MAX_OPERATIONS)", c.maxOperations, "1 to 100000")
	want(c.retentionFiles >= 2, "WithRetention (OTELMEM_RETENTION_FILES)", c.retentionFiles, "2 files or more, since a comparison needs two")
	want(c.retentionBytes >= textfmt.MiB, "WithRetention (OTELMEM_RETENTION_BYTES)", c.retentionBytes, "1 MiB or more")
	want(c.reportInterval >= time.Second, "WithReportInterval (OTELMEM_REPORT_INTERVAL)", c.reportInterval, "1s or more")
	want(c.growthLogMin >= 1, "WithGrowthLogMin (OTELMEM_GROWTH_LOG_MIN)", c.growthLogMin, "1 byte or more")
	return errors.Join(errs...)
}

// logPath is the log file's, empty for none.
func (c *config) logPath() string {
	if c.logFile == none {
		return ""
	}
	return c.logFile
}

// Operation is what a categorizer sees of a span.
type Operation = category.Operation

// Option changes one setting of [New]. Options beat the environment.
//
// A nil option changes nothing, nor does one whose value is nil, zero or empty: a
// service can hand on what its own configuration leaves out. Only switches mean
// what they say when they say false.
type Option interface{ apply(*config) }

type optionFunc func(*config)

func (f optionFunc) apply(c *config) { f(c) }

// setTo is an option that sets a field to value, unless value is zero.
func setTo[T comparable](field func(*config) *T, value T) Option {
	return optionFunc(func(c *config) {
		var zero T
		if value != zero {
			*field(c) = value
		}
	})
}

// WithEnabled turns diagnostics on or off, whatever MEMORY_DIAGNOSTICS_ENABLED
// and OTELMEM_ENABLED, which means the same, say. The default is off.
func WithEnabled(enabled bool) Option {
	return optionFunc(func(c *config) {
		c.mode = modeOff
		if enabled {
			c.mode = modeOn
		}
	})
}

// WithStandby keeps diagnostics off until [Diagnostics.Enable] turns them on in the
// running program; allocations are tagged from the start, so that what was allocated
// before is attributed then. It is like OTELMEM_ENABLED=standby.
func WithStandby() Option {
	return optionFunc(func(c *config) { c.mode = modeStandby })
}

// WithResolution sets the least time between two reads of the process's memory
// (OTELMEM_RESOLUTION). By default there is none, and reads take 3 % of the CPU time
// that the process uses: a quiet service reads at each span's start and end, a busy one
// shares.
func WithResolution(d time.Duration) Option {
	return setTo(func(c *config) *time.Duration { return &c.resolution }, d)
}

// SpanAttributes says which attributes of growth spans get.
type SpanAttributes int

const (
	// NonZero adds the attributes that are not zero, the concurrency and the size class
	// where something grew, and to a local root its category and otelmem.heap.growth in
	// any case.
	NonZero SpanAttributes = iota + 1
	// All adds every attribute to every span.
	All
)

// WithSpanAttributes sets which attributes of growth spans get
// (OTELMEM_SPAN_ATTRIBUTES: nonzero or all). The default is [NonZero]: most spans grow
// nothing, and attributes cost CPU and bytes.
func WithSpanAttributes(which SpanAttributes) Option {
	return setTo(func(c *config) *SpanAttributes { return &c.spanAttributes }, which)
}

// WithCategorizer sets rules that come before the default ones: an empty answer
// leaves the operation to those. The result is made safe and bounded. The
// categorizer must be safe for concurrent use. By default there is none.
func WithCategorizer(categorizer func(Operation) string) Option {
	return optionFunc(func(c *config) {
		if categorizer != nil {
			c.categorizer = categorizer
		}
	})
}

// WithMaxOperations bounds how many operations are kept apart
// (OTELMEM_MAX_OPERATIONS); those above it count as _overflow. The default is
// 1,000.
func WithMaxOperations(n int) Option {
	return setTo(func(c *config) *int { return &c.maxOperations }, n)
}

// WithThresholds sets where heap profiles are written (OTELMEM_THRESHOLDS,
// separated by commas): sizes like "2GiB", or shares of the memory limit like
// "75%". The default is 50, 65, 80, 90 and 95 % of the limit where there is one,
// else 2, 4, 6, 8 and 10 GiB. Without a limit, shares are left out and the log
// says so; where nothing else is given, the default applies.
func WithThresholds(thresholds ...string) Option {
	return optionFunc(func(c *config) {
		if len(thresholds) > 0 {
			c.thresholds = thresholds
		}
	})
}

// WithDumpDir sets the folder of heap profiles (OTELMEM_DUMP_DIR). The default
// is logs/heap-dumps.
func WithDumpDir(dir string) Option {
	return setTo(func(c *config) *string { return &c.dumpDir }, dir)
}

// WithRetention bounds how many heap profiles are kept, by count and by bytes in
// total (OTELMEM_RETENTION_FILES, OTELMEM_RETENTION_BYTES). The default is 20
// files and 1 GiB.
func WithRetention(files int, bytes int64) Option {
	return optionFunc(func(c *config) {
		setTo(func(c *config) *int { return &c.retentionFiles }, files).apply(c)
		setTo(func(c *config) *int64 { return &c.retentionBytes }, bytes).apply(c)
	})
}

// WithReportInterval sets how often the log gets its periodic lines and the
// trend its points (OTELMEM_REPORT_INTERVAL). The default is one minute.
func WithReportInterval(d time.Duration) Option {
	return setTo(func(c *config) *time.Duration { return &c.reportInterval }, d)
}

// WithGrowthLogMin sets from which growth on, in bytes, an operation is logged
// (OTELMEM_GROWTH_LOG_MIN, a size like "10MiB"). The default is 10 MiB.
func WithGrowthLogMin(bytes int64) Option {
	return setTo(func(c *config) *int64 { return &c.growthLogMin }, bytes)
}

// WithLogQuery puts query strings into the log's GROWTH lines
// (OTELMEM_LOG_QUERY). They can hold secrets: the default is off.
func WithLogQuery(on bool) Option {
	return optionFunc(func(c *config) { c.logQuery = on })
}

// WithLogger sends all of the diagnostic log to logger, beside the log file: each
// record is a sentence with attributes. By default slog's default logger gets the
// warnings alone: suspected leaks, dumps that failed, parts that are off. For none,
// give slog.New(slog.DiscardHandler).
//
// Records reach the logger from a goroutine of their own, through a bounded queue:
// a handler that is slow or panics holds nothing up but its own records.
func WithLogger(logger *slog.Logger) Option {
	return setTo(func(c *config) **slog.Logger { return &c.logger }, logger)
}

// WithLogFile sets the diagnostic log's file (OTELMEM_LOG_FILE), which is
// rotated at 10 MiB with three old files kept; "none" for none. The default is
// logs/memory-diagnostics.log. Where it cannot be written, the part "log file" is
// off until it can.
func WithLogFile(path string) Option {
	return setTo(func(c *config) *string { return &c.logFile }, path)
}
