package otelmem

import (
	"fmt"
	"os"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/otelmem/otelmem-go/internal/textfmt"
)

// The switch, by its two names.
const (
	envEnabled      = "MEMORY_DIAGNOSTICS_ENABLED"
	envEnabledShort = envPrefix + "ENABLED"
)

// envThresholds is checked where the memory limit is known.
const envThresholds = envPrefix + "THRESHOLDS"

// envPrefix starts the names of all other variables.
const envPrefix = "OTELMEM_"

// none is the value of a setting that is to name nothing.
const none = "none"

// envSetting is a setting that has an environment variable.
type envSetting struct {
	name   string
	accept string // what is accepted, for the error
	set    func(c *config, value string) error
}

// envSettings are all variables, in the order of the options.
var envSettings = []envSetting{
	{envEnabled, "true, false or standby", setMode},
	{envEnabledShort, "true, false or standby", setMode},
	{"OTELMEM_RESOLUTION", "a duration like 1ms", func(c *config, v string) (err error) {
		c.resolution, err = time.ParseDuration(v)
		return err
	}},
	{"OTELMEM_SPAN_ATTRIBUTES", "nonzero or all", setSpanAttributes},
	{"OTELMEM_MAX_OPERATIONS", "a whole number", func(c *config, v string) (err error) {
		c.maxOperations, err = strconv.Atoi(v)
		return err
	}},
	{envThresholds, "sizes or shares of the limit, like 2GiB,75%", func(c *config, v string) error {
		c.thresholds = splitList(v)
		return nil
	}},
	{"OTELMEM_DUMP_DIR", "a folder", func(c *config, v string) error {
		c.dumpDir = v
		return nil
	}},
	{"OTELMEM_RETENTION_FILES", "a whole number", func(c *config, v string) (err error) {
		c.retentionFiles, err = strconv.Atoi(v)
		return err
	}},
	{"OTELMEM_RETENTION_BYTES", "a size like 1GiB", func(c *config, v string) (err error) {
		c.retentionBytes, err = textfmt.ParseSize(v)
		return err
	}},
	{"OTELMEM_REPORT_INTERVAL", "a duration like 60s", func(c *config, v string) (err error) {
		c.reportInterval, err = time.ParseDuration(v)
		return err
	}},
	{"OTELMEM_GROWTH_LOG_MIN", "a size like 10MiB", func(c *config, v string) (err error) {
		c.growthLogMin, err = textfmt.ParseSize(v)
		return err
	}},
	{"OTELMEM_LOG_QUERY", "true or false", func(c *config, v string) (err error) {
		c.logQuery, err = parseSwitch(v)
		return err
	}},
	{"OTELMEM_LOG_FILE", "a file, or none", func(c *config, v string) error {
		c.logFile = v
		return nil
	}},
}

// applyEnv takes the settings that lookup knows. An empty value is none, and so is
// one that is invalid, as in the OpenTelemetry specification: those are returned, an
// error each.
func (c *config) applyEnv(lookup func(string) (string, bool)) (invalid []error) {
	get := func(name string) string {
		value, _ := lookup(name)
		return strings.TrimSpace(value)
	}
	for _, setting := range envSettings {
		value := get(setting.name)
		if value == "" {
			continue
		}
		changed := *c
		if err := setting.set(&changed, value); err != nil {
			invalid = append(invalid, fmt.Errorf("%s=%q: want %s", setting.name, value, setting.accept))
		} else if err := changed.validate(); err != nil {
			invalid = append(invalid, err)
		} else {
			*c = changed
		}
	}
	if err := contradiction(get(envEnabled), get(envEnabledShort)); err != nil {
		c.mode = modeOff
		invalid = append(invalid, err)
	}
	return invalid
}

// isThresholdsVariable says whether thresholds are what the environment says.
func isThresholdsVariable(thresholds []string) bool {
	return slices.Equal(thresholds, splitList(os.Getenv(envThresholds)))
}

// contradiction is the error of a switch that is set by both of its names, to
// different values. What is no value of it is an error of its own.
func contradiction(long, short string) error {
	var a, b config
	valid := long != "" && short != "" && setMode(&a, long) == nil && setMode(&b, short) == nil
	if !valid || a.mode == b.mode {
		return nil
	}
	return fmt.Errorf("%s=%q and %s=%q: both name one switch; want one of them, or the same value", envEnabled, long, envEnabledShort, short)
}

func setMode(c *config, value string) error {
	if strings.EqualFold(value, "standby") {
		c.mode = modeStandby
		return nil
	}
	on, err := parseSwitch(value)
	c.mode = modeOff
	if on {
		c.mode = modeOn
	}
	return err
}

func setSpanAttributes(c *config, value string) error {
	switch strings.ToLower(value) {
	case "nonzero":
		c.spanAttributes = NonZero
	case "all":
		c.spanAttributes = All
	default:
		return strconv.ErrSyntax
	}
	return nil
}

func parseSwitch(value string) (bool, error) {
	switch strings.ToLower(value) {
	case "on", "yes":
		return true, nil
	case "off", "no":
		return false, nil
	}
	return strconv.ParseBool(value)
}

func splitList(value string) []string {
	var list []string
	for part := range strings.SplitSeq(value, ",") {
		if part = strings.TrimSpace(part); part != "" {
			list = append(list, part)
		}
	}
	return list
}
