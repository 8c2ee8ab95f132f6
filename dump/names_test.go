package dump

import (
	"strings"
	"testing"
	"time"
)

func TestNamesOfManualDumps(t *testing.T) {
	for reason, want := range map[string]string{
		"":                       "manual",
		"manual":                 "manual",
		"before the Deploy":      "manual_before-the-deploy",
		"_a__b_":                 "manual_a__b",
		"\x00\xff/..":            "manual",
		strings.Repeat("x", 999): "manual_" + strings.Repeat("x", maxReason),
	} {
		name := baseName(subject(ReasonManual, reason, Threshold{}), time.Now())
		if got := strings.TrimSuffix(name[:strings.LastIndex(name, "_")], "_"); got != "heapdump_"+want {
			t.Errorf("reason %q: name %q, want %q", reason, got, "heapdump_"+want)
		}
		if !isDumpName(name+profileSuffix, profileSuffix) {
			t.Errorf("reason %q: %q is not known as ours", reason, name)
		}
	}
}
