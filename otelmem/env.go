package otelmem

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/otelmem/otelmem-go/internal/textfmt"
)

// envEnabled is the one switch.
const envEnabled = "MEMORY_DIAGNOSTICS_ENABLED"

// envSetting is a setting that has an environment variable.
type envSetting struct {
	name   string
	accept string // what is accepted, for the error
	set    func(c *config, value string) error
}

// envSettings are all variables, in the order of the options.
var envSettings = []envSetting{
	{envEnabled, "true or false", func(c *config, v string) (err error) {
		c.enabled, err = parseSwitch(v)
		return err
	}},
	{"OTELMEM_RESOLUTION", "a duration like 1ms", func(c *config, v string) (err error) {
		c.resolution, err = time.ParseDuration(v)
		return err
	}},
	{"OTELMEM_MAX_OPERATIONS", "a whole number", func(c *config, v string) (err error) {
		c.maxOperations, err = strconv.Atoi(v)
		return err
	}},
	{"OTELMEM_THRESHOLDS", "sizes or shares of the limit, like 2GiB,75%", func(c *config, v string) error {
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
		if v == "none" {
			v = ""
		}
		c.logFile = v
		return nil
	}},
}

// applyEnv takes the settings that lookup knows. An empty value is none, as in
// the OpenTelemetry specification. Every bad value is in the error.
func (c *config) applyEnv(lookup func(string) (string, bool)) error {
	var errs []error
	for _, setting := range envSettings {
		value, _ := lookup(setting.name)
		if value = strings.TrimSpace(value); value == "" {
			continue
		}
		if err := setting.set(c, value); err != nil {
			errs = append(errs, fmt.Errorf("%s=%q: want %s", setting.name, value, setting.accept))
		}
	}
	return errors.Join(errs...)
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
	want(c.maxOperations >= 1 && c.maxOperations <= 100_000, "WithMaxOperations (OTELMEM_MAX_OPERATIONS)", c.maxOperations, "1 to 100000")
	want(c.dumpDir != "", "WithDumpDir (OTELMEM_DUMP_DIR)", `""`, "a folder")
	want(c.retentionFiles >= 2, "WithRetention (OTELMEM_RETENTION_FILES)", c.retentionFiles, "2 files or more, since a comparison needs two")
	want(c.retentionBytes >= textfmt.MiB, "WithRetention (OTELMEM_RETENTION_BYTES)", c.retentionBytes, "1 MiB or more")
	want(c.reportInterval >= time.Second, "WithReportInterval (OTELMEM_REPORT_INTERVAL)", c.reportInterval, "1s or more")
	want(c.growthLogMin >= 1, "WithGrowthLogMin (OTELMEM_GROWTH_LOG_MIN)", c.growthLogMin, "1 byte or more")
	return errors.Join(errs...)
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
