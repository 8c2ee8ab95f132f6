package otelmem

import (
	"errors"
	"fmt"
	"os"
	"strings"
	"sync/atomic"
	"time"

	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/trace"
	"go.opentelemetry.io/otel/trace/noop"

	"github.com/otelmem/otelmem-go/dump"
	"github.com/otelmem/otelmem-go/internal/heaptag"
	"github.com/otelmem/otelmem-go/internal/memstat"
	"github.com/otelmem/otelmem-go/otelmem/internal/attribution"
	"github.com/otelmem/otelmem-go/otelmem/internal/category"
	"github.com/otelmem/otelmem-go/otelmem/internal/diaglog"
	"github.com/otelmem/otelmem-go/otelmem/internal/health"
	"github.com/otelmem/otelmem-go/otelmem/internal/process"
	"github.com/otelmem/otelmem-go/otelmem/internal/spanstats"
	"github.com/otelmem/otelmem-go/otelmem/internal/telemetry"
	"github.com/otelmem/otelmem-go/spanhook"
)

// Diagnostics watches the memory of this process. Make it with [New]. Its
// methods are safe for concurrent use; none of them panics.
type Diagnostics struct {
	config   config
	on       atomic.Bool  // false while in standby
	warnings []string     // about settings, for the log and the report
	why      error        // the settings that are invalid, where diagnostics are off
	parts    health.Parts // that turned themselves off

	// The process.
	began    time.Time
	baseline memstat.Snapshot
	reader   *memstat.Reader
	history  process.History
	// readLimit is memstat.ReadLimit, but for tests.
	readLimit func(memstat.Snapshot) (memstat.Limit, error)
	forecast  process.Forecast
	outside   process.Outside

	// Its spans, its heap, its dumps.
	hook    *spanhook.Hook
	service serviceName
	names   *category.Namer
	spans   *spanstats.Recorder
	heap    attribution.Tracker
	dumper  *dump.Dumper
	// releaseTags says that nobody wants heap tags any more.
	releaseTags func()

	// What is said of them; meter and tracer are nil unless running.
	log    *diaglog.Log
	meter  atomic.Pointer[telemetry.Meter]
	tracer atomic.Pointer[trace.Tracer]
	events atomic.Pointer[trace.Tracer] // of event spans; never nil

	lifecycle
}

// Names of parts that can be off.
const (
	partDumps      = "dumps"
	partThresholds = "thresholds"
	partLimit      = "limit"
	partStart      = "start"
	partMetrics    = "metrics"
	// Code of the application.
	partCategorizer = "categorizer"
	partNext        = "next span processor"
	partLog         = "log"
	partJudging     = "leak detection"
	partLive        = "live bytes by operation"
)

// ErrDisabled is returned by what cannot be had while diagnostics are off.
var ErrDisabled = errors.New("memory diagnostics are off: set " + envEnabled + "=true or use WithEnabled(true)")

// New takes settings from options, else from the environment, else defaults.
// Nothing runs, and no file is written, before [Diagnostics.Start].
//
// The Diagnostics returned beside an error is safe to use: a service can log the error
// and run. A variable that is invalid leaves its setting at the default, and the error
// names it; standard error, the log and the report name it too. An option that is
// invalid leaves diagnostics off.
func New(opts ...Option) (*Diagnostics, error) {
	c, invalid, err := newConfig(os.LookupEnv, opts)
	d := &Diagnostics{config: c, lifecycle: lifecycle{done: make(chan struct{})}}
	for _, warning := range unknownVariables(os.Environ()) {
		d.warn(warning)
	}
	for _, err := range invalid {
		d.warn(err.Error() + usesDefault)
	}
	if err != nil || c.mode == modeOff {
		return newOff(append(invalid, err)...)
	}
	d.readProcess()
	d.recordSpans()
	invalidThresholds, err := d.newDumper()
	if err != nil {
		_ = d.reader.Close()
		return newOff(append(invalid, err)...)
	}
	if invalidThresholds != nil {
		d.warn(invalidThresholds.Error() + usesDefault)
	}
	d.log = diaglog.New(c.logger, c.logPath(), &d.parts)
	if err := heaptag.Check(); err != nil {
		d.parts.Disable("heap tags", err.Error())
	}
	none := noop.NewTracerProvider().Tracer("")
	d.events.Store(&none)
	d.releaseTags = heaptag.Activate()
	if c.mode == modeOn {
		d.on.Store(true)
	} else {
		d.hook.Stop()
	}
	d.noticeLater()
	return d, settingsError(append(invalid, invalidThresholds)...)
}

// newOff returns diagnostics that are off, with the settings that are invalid.
func newOff(invalid ...error) (*Diagnostics, error) {
	err := settingsError(invalid...)
	return &Diagnostics{why: err}, err
}

func settingsError(invalid ...error) error {
	if err := errors.Join(invalid...); err != nil {
		return fmt.Errorf("memory diagnostics: %w", err)
	}
	return nil
}

// usesDefault ends what is said of a variable that is invalid.
const usesDefault = "; the default is used in its place"

// warn is about a setting: on standard error now, in the log and the report later.
func (d *Diagnostics) warn(text string) {
	fmt.Fprintln(os.Stderr, "otelmem:", text)
	d.warnings = append(d.warnings, text)
}

// readProcess takes the first reading of the process's memory.
func (d *Diagnostics) readProcess() {
	var err error
	d.readLimit = memstat.ReadLimit
	if d.reader, err = memstat.NewReader(d.config.resolution); err != nil {
		d.parts.Disable("process memory", err.Error())
	}
	d.takeBaseline()
}

// takeBaseline takes the reading that growth is compared with.
func (d *Diagnostics) takeBaseline() {
	d.began, d.baseline = time.Now(), d.reader.Fresh()
}

// recordSpans makes what measures spans, and who sees each of them when it has
// ended.
func (d *Diagnostics) recordSpans() {
	categorizer := category.Guard(d.config.categorizer, d.partIs(partCategorizer))
	d.names = category.NewNamer(categorizer, d.config.maxOperations)
	d.spans = spanstats.NewRecorder(
		d.partIs(partMetrics),
		d.recordMetrics, d.learn, d.logGrowth, d.service.learn)
	options := []spanhook.Option{
		spanhook.WithNames(d.names.Of),
		spanhook.WithExamples(d.spans.Examples.Take),
		spanhook.WithStacks(),
		spanhook.WithSink(d.spans.Put),
		spanhook.WithOnDisable(func(reason string) { d.parts.Disable("span growth", reason) }),
		spanhook.WithOnNext(d.partIs(partNext)),
	}
	if d.config.spanAttributes == All {
		options = append(options, spanhook.WithAllAttributes())
	}
	d.hook = spanhook.New(func() spanhook.Reading { return spanhook.Reading(d.reader.Reading()) }, options...)
}

// partIs says that a part is off, for a reason, or works again: "".
func (d *Diagnostics) partIs(part string) func(reason string) {
	return func(reason string) {
		if reason == "" {
			d.parts.Restore(part)
		} else {
			d.parts.Disable(part, reason)
		}
	}
}

// reasonOf is an error's text; empty for none.
func reasonOf(err error) string {
	if err == nil {
		return ""
	}
	return err.Error()
}

// newDumper makes what writes heap profiles, at the default thresholds where those of
// the environment are invalid.
func (d *Diagnostics) newDumper() (invalid, err error) {
	thresholds := d.config.thresholds
	if d.limitAt(d.baseline).Bytes == 0 {
		if _, warning := withoutShares(thresholds); warning != "" {
			d.warnings = append(d.warnings, warning)
		}
	}
	err = d.newDumperAt(thresholds)
	if err == nil || len(thresholds) == 0 {
		return nil, err
	}
	// All else that it could refuse is checked before.
	err = fmt.Errorf("WithThresholds (%s) is %q: %w", envThresholds, strings.Join(thresholds, ","), err)
	if isThresholdsVariable(d.config.thresholds) {
		return err, d.newDumperAt(nil)
	}
	return nil, err
}

func (d *Diagnostics) newDumperAt(thresholds []string) (err error) {
	c := &d.config
	d.dumper, err = dump.New(func() dump.Memory { return dump.Memory(d.reader.Fresh()) }, dump.Limit(d.limitAt(d.baseline)),
		dump.WithCurrentLimit(func(now dump.Memory) dump.Limit { return dump.Limit(d.limitAt(memstat.Snapshot(now))) }),
		dump.WithThresholds(thresholds...),
		dump.WithDir(c.dumpDir),
		dump.WithRetention(c.retentionFiles, c.retentionBytes),
		dump.WithSuspects(func() []dump.Suspect { return d.spans.Suspects(d.hook.Running(), d.names.Of) }),
		dump.WithFunctions(func() map[string]dump.Owner { return d.heap.Functions(d.spans.Statistics.CategoryOf) }),
		dump.WithObserver(d.dumped))
	return err
}

// Enabled says whether diagnostics are on. In standby they are not.
func (d *Diagnostics) Enabled() bool { return d != nil && d.on.Load() }

// SpanProcessor wraps next, so that it gets spans with their growth. Give it to
// sdktrace.WithSpanProcessor in next's place. It can be called for several next
// processors. Where diagnostics are off it returns next itself; in standby spans pass
// it unchanged.
func (d *Diagnostics) SpanProcessor(next sdktrace.SpanProcessor) sdktrace.SpanProcessor {
	if d.off() {
		return next
	}
	return d.hook.Processor(next)
}

// TracerProvider wraps next, so that its spans get their growth, for set-ups where no
// processor can be wrapped: otelconf by OTEL_CONFIG_FILE, or a vendor's own SDK. Give it
// to otel.SetTracerProvider and to [Diagnostics.Start] in next's place; next is not what
// otel.GetTracerProvider returned before there was an SDK. Spans that a sampler drops are
// measured too. Where [Diagnostics.SpanProcessor] has been given spans to measure they are
// left to that. What it costs and lacks beside it: see [spanhook.Hook.TracerProvider].
// Where diagnostics are off it returns next itself; in standby spans pass it unchanged.
func (d *Diagnostics) TracerProvider(next trace.TracerProvider) trace.TracerProvider {
	if d.off() || isNil(next) {
		return next
	}
	return d.hook.TracerProvider(next)
}
