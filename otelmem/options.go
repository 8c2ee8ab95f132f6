package otelmem

import (
	"log/slog"
	"time"

	"github.com/otelmem/otelmem-go/internal/textfmt"
)

type config struct {
	enabled        bool
	resolution     time.Duration
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
		maxOperations:  1000,
		dumpDir:        "logs/heap-dumps",
		retentionFiles: 20,
		retentionBytes: textfmt.GiB,
		reportInterval: time.Minute,
		growthLogMin:   10 * textfmt.MiB,
		logFile:        "logs/memory-diagnostics.log",
	}
}

// Option changes one setting of [New]. Options beat the environment.
type Option interface{ apply(*config) }

type optionFunc func(*config)

func (f optionFunc) apply(c *config) { f(c) }

// WithEnabled turns diagnostics on or off, whatever MEMORY_DIAGNOSTICS_ENABLED
// says. The default is off.
func WithEnabled(enabled bool) Option {
	return optionFunc(func(c *config) { c.enabled = enabled })
}

// WithResolution sets the least time between two reads of the process's memory
// (OTELMEM_RESOLUTION). The default, 0, lets reads take 2 % of wall time: a quiet
// service reads at each span's start and end, a busy one shares.
func WithResolution(d time.Duration) Option {
	return optionFunc(func(c *config) { c.resolution = d })
}

// WithCategorizer sets rules that come before the default ones: an empty answer
// leaves the operation to those. The result is made safe and bounded. The
// categorizer must be safe for concurrent use. By default there is none.
func WithCategorizer(categorizer func(Operation) string) Option {
	return optionFunc(func(c *config) { c.categorizer = categorizer })
}

// WithMaxOperations bounds how many operations are told apart
// (OTELMEM_MAX_OPERATIONS); those above it count as _overflow. The default is
// 1,000.
func WithMaxOperations(n int) Option {
	return optionFunc(func(c *config) { c.maxOperations = n })
}

// WithThresholds sets where heap profiles are written (OTELMEM_THRESHOLDS,
// separated by commas): sizes like "2GiB", or shares of the memory limit like
// "75%". The default is 50, 65, 80, 90 and 95 % of the limit where there is one,
// else 2, 4, 6, 8 and 10 GiB.
func WithThresholds(thresholds ...string) Option {
	return optionFunc(func(c *config) { c.thresholds = thresholds })
}

// WithDumpDir sets the folder of heap profiles (OTELMEM_DUMP_DIR). The default
// is logs/heap-dumps.
func WithDumpDir(dir string) Option {
	return optionFunc(func(c *config) { c.dumpDir = dir })
}

// WithRetention bounds how many heap profiles are kept, by count and by bytes in
// total (OTELMEM_RETENTION_FILES, OTELMEM_RETENTION_BYTES). The default is 20
// files and 1 GiB.
func WithRetention(files int, bytes int64) Option {
	return optionFunc(func(c *config) { c.retentionFiles, c.retentionBytes = files, bytes })
}

// WithReportInterval sets how often the log gets its periodic lines and the
// trend its points (OTELMEM_REPORT_INTERVAL). The default is one minute.
func WithReportInterval(d time.Duration) Option {
	return optionFunc(func(c *config) { c.reportInterval = d })
}

// WithGrowthLogMin sets from which growth on, in bytes, an operation is logged
// (OTELMEM_GROWTH_LOG_MIN, a size like "10MiB"). The default is 10 MiB.
func WithGrowthLogMin(bytes int64) Option {
	return optionFunc(func(c *config) { c.growthLogMin = bytes })
}

// WithLogQuery puts query strings into the log's GROWTH lines
// (OTELMEM_LOG_QUERY). They can hold secrets: the default is off.
func WithLogQuery(on bool) Option {
	return optionFunc(func(c *config) { c.logQuery = on })
}

// WithLogger sends the diagnostic log to logger too. By default it goes to the
// log file alone.
func WithLogger(logger *slog.Logger) Option {
	return optionFunc(func(c *config) { c.logger = logger })
}

// WithLogFile sets the diagnostic log's file (OTELMEM_LOG_FILE), which is
// rotated at 10 MiB with three old files kept; "" for none. The default is
// logs/memory-diagnostics.log.
func WithLogFile(path string) Option {
	return optionFunc(func(c *config) { c.logFile = path })
}
