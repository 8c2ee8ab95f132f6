package otelmem

import (
	"bytes"
	"log/slog"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
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
			d, err := New()
			if err == nil || !strings.Contains(err.Error(), variable) || !strings.Contains(err.Error(), value) || !strings.Contains(err.Error(), "want") {
				t.Errorf("%s=%s: error %v, want one that names both and says what is accepted", variable, value, err)
			}
			if d == nil || d.Enabled() {
				t.Error("what comes with an error must be usable, and off")
			}
		})
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
		"one of them is no such": {"true", "perhaps", false, `OTELMEM_ENABLED="perhaps": want`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Setenv(envEnabled, test.long)
			t.Setenv(envEnabledShort, test.short)
			c, err := newConfig(os.LookupEnv, nil)
			if test.err == "" && (err != nil || (c.mode == modeOn) != test.enabled) {
				t.Errorf("enabled %t, %v, want %t", c.mode == modeOn, err, test.enabled)
			}
			if test.err != "" && (err == nil || !strings.Contains(err.Error(), test.err)) {
				t.Errorf("error %v, want %s", err, test.err)
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

func TestNilAndZeroOptionsChangeNothing(t *testing.T) {
	nothing := func(string) (string, bool) { return "", false }
	want, err := newConfig(nothing, nil)
	if err != nil {
		t.Fatal(err)
	}
	got, err := newConfig(nothing, []Option{
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
	stderr, err := os.Create(filepath.Join(t.TempDir(), "stderr"))
	if err != nil {
		t.Fatal(err)
	}
	defer stderr.Close()
	before := os.Stderr
	os.Stderr = stderr
	defer func() { os.Stderr = before }()
	var log bytes.Buffer
	d := newDiagnostics(t, WithLogger(slog.New(slog.NewTextHandler(&log, nil))))
	start(t, d, nil)
	if err := d.Shutdown(t.Context()); err != nil {
		t.Fatal(err)
	}
	printed, err := os.ReadFile(stderr.Name())
	if err != nil {
		t.Fatal(err)
	}
	const want = "did you mean OTELMEM_REPORT_INTERVAL?"
	if !strings.Contains(string(printed), want) || !strings.Contains(log.String(), want) || !strings.Contains(log.String(), "level=WARN") {
		t.Errorf("stderr %q, log %q, want both with %q", printed, log.String(), want)
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
	if limit, err := memstat.ReadLimit(); err != nil || limit.Bytes > 0 {
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
