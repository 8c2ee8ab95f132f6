package otelmem

import (
	"bytes"
	"errors"
	"log/slog"
	"os"
	"path/filepath"
	"reflect"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/otelmem/otelmem-go/internal/memstat"
)

func TestEveryBadSettingIsNamed(t *testing.T) {
	t.Chdir(t.TempDir())
	for variable, value := range map[string]string{
		"MEMORY_DIAGNOSTICS_ENABLED": "maybe",
		"OTELMEM_ENABLED":            "perhaps",
		"OTELMEM_RESOLUTION":         "fast",
		"OTELMEM_MAX_OPERATIONS":     "0",
		"OTELMEM_THRESHOLDS":         "1Gx",
		"OTELMEM_RETENTION_FILES":    "1",
		"OTELMEM_RETENTION_BYTES":    "-1GiB",
		"OTELMEM_REPORT_INTERVAL":    "1ms",
		"OTELMEM_GROWTH_LOG_MIN":     "big",
		"OTELMEM_LOG_QUERY":          "sometimes",
	} {
		t.Run(variable, func(t *testing.T) {
			t.Setenv(envEnabled, "true")
			t.Setenv(variable, value)
			printed := stderr(t)
			d, err := New(WithLogFile("none"))
			defer func() { _ = d.Shutdown(t.Context()) }()
			if err == nil || !strings.Contains(err.Error(), variable) || !strings.Contains(err.Error(), value) || !strings.Contains(err.Error(), "want") {
				t.Errorf("%s=%s: error %v, want one that names both and says what is accepted", variable, value, err)
			}
			if text := printed(); !strings.Contains(text, variable) || !strings.Contains(text, "default is used") {
				t.Errorf("stderr is %q, want it to name %s", text, variable)
			}
			if switched := variable == envEnabled; d.Enabled() == switched {
				t.Errorf("enabled: %t, want the default in place of what is invalid", d.Enabled())
			}
			if !d.Enabled() {
				if reason := d.Reason(); !errors.Is(reason, ErrDisabled) || !strings.Contains(reason.Error(), variable) {
					t.Errorf("off because %v, want %s named", reason, variable)
				}
				return
			}
			r, err := d.Report(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			if !strings.Contains(strings.Join(r.Notices, "\n"), variable) {
				t.Errorf("the report's notices are %q, want one that names %s", r.Notices, variable)
			}
		})
	}
}

func TestAnInvalidOptionLeavesDiagnosticsOff(t *testing.T) {
	t.Setenv(envThresholds, "1GiB")
	for name, option := range map[string]Option{
		"WithThresholds":     WithThresholds("2GiB", "2048MiB"),
		"WithReportInterval": WithReportInterval(time.Millisecond),
	} {
		d, err := New(WithEnabled(true), option)
		if err == nil || !strings.Contains(err.Error(), name) || d.Enabled() {
			t.Errorf("enabled %t, %v, want off, and an error that names %s", d.Enabled(), err, name)
		}
	}
}

// stderr catches what is printed on standard error until it is called.
func stderr(t *testing.T) (printed func() string) {
	t.Helper()
	file, err := os.Create(filepath.Join(t.TempDir(), "stderr"))
	if err != nil {
		t.Fatal(err)
	}
	before := os.Stderr
	os.Stderr = file
	restore := sync.OnceFunc(func() {
		os.Stderr = before
		_ = file.Close()
	})
	t.Cleanup(restore)
	return func() string {
		restore()
		text, err := os.ReadFile(file.Name())
		if err != nil {
			t.Fatal(err)
		}
		return string(text)
	}
}

func TestTheSwitchHasTwoNames(t *testing.T) {
	for name, test := range map[string]struct {
		long, short string
		enabled     bool
		err         string
	}{
		"the short name alone":   {"", "true", true, ""},
		"the long name alone":    {"on", "", true, ""},
		"both, the same":         {"1", "yes", true, ""},
		"both, to be off":        {"false", "off", false, ""},
		"both, contradicting":    {"true", "false", false, `MEMORY_DIAGNOSTICS_ENABLED="true" and OTELMEM_ENABLED="false"`},
		"one of them is no such": {"true", "perhaps", true, `OTELMEM_ENABLED="perhaps": want`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Setenv(envEnabled, test.long)
			t.Setenv(envEnabledShort, test.short)
			c, invalid, err := newConfig(os.LookupEnv, nil)
			if err != nil || (c.mode == modeOn) != test.enabled {
				t.Errorf("enabled %t, %v, want %t", c.mode == modeOn, err, test.enabled)
			}
			if err := errors.Join(invalid...); (test.err == "") != (err == nil) || err != nil && !strings.Contains(err.Error(), test.err) {
				t.Errorf("invalid: %v, want %s", err, test.err)
			}
		})
	}
}

func TestOptionsBeatTheEnvironment(t *testing.T) {
	t.Setenv(envEnabled, "true")
	t.Setenv("OTELMEM_THRESHOLDS", "1GiB")
	d, err := New(WithEnabled(false))
	if err != nil || d.Enabled() {
		t.Errorf("enabled %t, %v, want off by the option", d.Enabled(), err)
	}
	d = newDiagnostics(t, WithThresholds("3GiB"))
	if got := d.Thresholds(); len(got) != 1 || got[0].Text != "3GiB" {
		t.Errorf("thresholds %v, want the option's", got)
	}
}

func TestEachSettingHasAnOptionAndAVariable(t *testing.T) {
	logger := slog.New(slog.DiscardHandler)
	for name, test := range map[string]struct {
		variable, value string // none where only code can say it
		option          Option
		want            func(*config)
	}{
		"resolution":      {"OTELMEM_RESOLUTION", "7ms", WithResolution(7 * time.Millisecond), func(c *config) { c.resolution = 7 * time.Millisecond }},
		"span attributes": {"OTELMEM_SPAN_ATTRIBUTES", "all", WithSpanAttributes(All), func(c *config) { c.spanAttributes = All }},
		"max operations":  {"OTELMEM_MAX_OPERATIONS", "7", WithMaxOperations(7), func(c *config) { c.maxOperations = 7 }},
		"thresholds":      {"OTELMEM_THRESHOLDS", " 1GiB, ,75%", WithThresholds("1GiB", "75%"), func(c *config) { c.thresholds = []string{"1GiB", "75%"} }},
		"dump folder":     {"OTELMEM_DUMP_DIR", "/dumps", WithDumpDir("/dumps"), func(c *config) { c.dumpDir = "/dumps" }},
		"retention files": {"OTELMEM_RETENTION_FILES", "7", WithRetention(7, 0), func(c *config) { c.retentionFiles = 7 }},
		"retention bytes": {"OTELMEM_RETENTION_BYTES", "7MiB", WithRetention(0, 7<<20), func(c *config) { c.retentionBytes = 7 << 20 }},
		"report interval": {"OTELMEM_REPORT_INTERVAL", "7s", WithReportInterval(7 * time.Second), func(c *config) { c.reportInterval = 7 * time.Second }},
		"growth log min":  {"OTELMEM_GROWTH_LOG_MIN", "7MiB", WithGrowthLogMin(7 << 20), func(c *config) { c.growthLogMin = 7 << 20 }},
		"log query":       {"OTELMEM_LOG_QUERY", "yes", WithLogQuery(true), func(c *config) { c.logQuery = true }},
		"log file":        {"OTELMEM_LOG_FILE", "a.log", WithLogFile("a.log"), func(c *config) { c.logFile = "a.log" }},
		"enabled":         {"OTELMEM_ENABLED", "on", WithEnabled(true), func(c *config) { c.mode = modeOn }},
		"logger":          {"", "", WithLogger(logger), func(c *config) { c.logger = logger }},
	} {
		t.Run(name, func(t *testing.T) {
			want := defaultConfig()
			test.want(&want)
			environment := map[string]string{test.variable: test.value}
			lookup := func(name string) (value string, ok bool) { value, ok = environment[name]; return value, ok }
			if got, invalid, err := newConfig(lookup, nil); test.variable != "" && (err != nil || len(invalid) > 0 || !reflect.DeepEqual(got, want)) {
				t.Errorf("by %s=%s: %+v, %v, want %+v", test.variable, test.value, got, err, want)
			}
			nothing := func(string) (string, bool) { return "", false }
			if got, _, err := newConfig(nothing, []Option{test.option}); err != nil || !reflect.DeepEqual(got, want) {
				t.Errorf("by the option: %+v, %v, want %+v", got, err, want)
			}
		})
	}
}

func TestDumpsBeyondTheRetentionAreDeleted(t *testing.T) {
	for name, test := range map[string]struct {
		option Option
		want   int
	}{
		"by default there is room": {WithRetention(0, 0), 4},
		"two files":                {WithRetention(2, 0), 2},
	} {
		t.Run(name, func(t *testing.T) {
			d := newDiagnostics(t, test.option)
			for range 4 {
				if _, err := d.Dump(t.Context(), "test"); err != nil {
					t.Fatal(err)
				}
			}
			if dumps, err := d.Dumps(); err != nil || len(dumps) != test.want {
				t.Errorf("%d heap profiles after four, %v, want %d", len(dumps), err, test.want)
			}
		})
	}
}

// An operation that grew by 1 MiB: under the race detector the process grows by several
// times as much.
func TestGrowthIsLoggedFromTheMinimumOn(t *testing.T) {
	for name, test := range map[string]struct {
		option Option
		logged bool
	}{
		"less than the default": {WithGrowthLogMin(0), false},
		"more than the option":  {WithGrowthLogMin(512 << 10), true},
		"less than the option":  {WithGrowthLogMin(1 << 30), false},
	} {
		t.Run(name, func(t *testing.T) {
			var log bytes.Buffer
			d := newDiagnostics(t, WithResolution(1), test.option, WithLogger(slog.New(slog.NewTextHandler(&log, nil))))
			tracer, _ := start(t, d, nil)
			runtime.GC() // garbage that is swept meanwhile would hide the growth
			_, span := tracer.Start(t.Context(), "grows")
			grow(t, 1<<20)
			span.End()
			if err := d.Shutdown(t.Context()); err != nil {
				t.Fatal(err)
			}
			if logged := strings.Contains(log.String(), "kind=GROWTH"); logged != test.logged {
				t.Errorf("logged: %t, want %t:\n%s", logged, test.logged, log.String())
			}
		})
	}
}

func TestNilAndZeroOptionsChangeNothing(t *testing.T) {
	nothing := func(string) (string, bool) { return "", false }
	want, _, err := newConfig(nothing, nil)
	if err != nil {
		t.Fatal(err)
	}
	got, _, err := newConfig(nothing, []Option{
		nil, WithResolution(0), WithCategorizer(nil), WithMaxOperations(0), WithThresholds(), WithDumpDir(""), WithRetention(0, 0),
		WithReportInterval(0), WithGrowthLogMin(0), WithLogger(nil), WithLogFile(""),
	})
	if err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("%+v, %v, want the defaults %+v", got, err, want)
	}
}

func TestUnknownVariablesAreReportedWithTheNearestName(t *testing.T) {
	got := unknownVariables([]string{
		"OTELMEM_TRESHOLDS=2GiB", "OTELMEM_ENABLE=true", "OTELMEM_DUMPDIR=/dumps", "OTELMEM_THRESHOLDS=2GiB", "PATH=/bin", "OTEL_SERVICE_NAME=x",
		"OTELMEM_SERVICE_HOST=10.0.0.1", "OTELMEM_PORT_8080_TCP_ADDR=10.0.0.1",
	})
	want := []string{
		"OTELMEM_DUMPDIR is not a setting of memory diagnostics; did you mean OTELMEM_DUMP_DIR?",
		"OTELMEM_ENABLE is not a setting of memory diagnostics; did you mean OTELMEM_ENABLED?",
		"OTELMEM_TRESHOLDS is not a setting of memory diagnostics; did you mean OTELMEM_THRESHOLDS?",
	}
	if !slices.Equal(got, want) {
		t.Errorf("got  %q\nwant %q", got, want)
	}
}

func TestATypoIsOnStderrAndInTheLogAndStopsNothing(t *testing.T) {
	t.Setenv("OTELMEM_REPORT_INTERVALL", "5s")
	printed := stderr(t)
	var log bytes.Buffer
	d := newDiagnostics(t, WithLogger(slog.New(slog.NewTextHandler(&log, nil))))
	start(t, d, nil)
	if err := d.Shutdown(t.Context()); err != nil {
		t.Fatal(err)
	}
	text := printed()
	const want = "did you mean OTELMEM_REPORT_INTERVAL?"
	if !strings.Contains(text, want) || !strings.Contains(log.String(), want) || !strings.Contains(log.String(), "level=WARN") {
		t.Errorf("stderr %q, log %q, want both with %q", text, log.String(), want)
	}
}

func TestSharesWithoutALimitAreLeftOut(t *testing.T) {
	for name, test := range map[string]struct {
		given, kept []string
		warning     string
	}{
		"sizes alone":         {[]string{"1GiB"}, []string{"1GiB"}, ""},
		"shares alone":        {[]string{"50%", "75%"}, nil, "Thresholds 50%, 75% are shares of a memory limit, and this process has none: the default sizes are used"},
		"both":                {[]string{"1GiB", "75%"}, []string{"1GiB"}, "Thresholds 75% are shares of a memory limit, and this process has none: they are left out"},
		"a share that is bad": {[]string{"101%"}, []string{"101%"}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			kept, warning := withoutShares(test.given)
			if !slices.Equal(kept, test.kept) || !strings.HasPrefix(warning, test.warning) || warning != "" && test.warning == "" {
				t.Errorf("kept %q, warning %q, want %q and %q", kept, warning, test.kept, test.warning)
			}
		})
	}
}

// It runs where the machine has no limit, and says what it skips elsewhere.
func TestThresholdsInPercentStopNothingWithoutALimit(t *testing.T) {
	if limit, err := memstat.ReadLimit(memstat.Snapshot{}); err != nil || limit.Bytes > 0 {
		t.Skipf("this process has a limit: %+v, %v", limit, err)
	}
	var log bytes.Buffer
	d := newDiagnostics(t, WithThresholds("75%"), WithReportInterval(time.Hour), WithLogger(slog.New(slog.NewTextHandler(&log, nil))))
	start(t, d, nil)
	if got := d.Thresholds(); len(got) != 5 || got[0].Text != "2GiB" {
		t.Errorf("thresholds %v, want the default sizes", got)
	}
	if err := d.Shutdown(t.Context()); err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(log.String(), "this process has none: the default sizes are used") {
		t.Errorf("the log says nothing of it: %s", log.String())
	}
}
