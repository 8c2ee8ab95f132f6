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

func TestFileNamesOfADumperAreKnown(t *testing.T) {
	for name, want := range map[string]bool{
		"heapdump_threshold_2048MB_2025-11-26T10-05-00-000Z.pb.gz": true,
		"heapdump_manual_2025-11-26T10-05-00-000Z-2.json":          true,
		"heapdump_manual_2025-11-26T10-05-00-000Z":                 false,
		"heapdump_manual_2025-11-26T10-05-00-000Z.pb.gz.json":      false,
		"heapdump_2025-11-26T10-05-00-000Z.pb.gz":                  false,
		"heapdump_x.pb.gz": false,
		"../heapdump_manual_2025-11-26T10-05-00-000Z.pb.gz": false,
		".otelmem-tmp-1-1": false,
		"":                 false,
	} {
		if got := IsFileName(name); got != want {
			t.Errorf("IsFileName(%q) is %t, want %t", name, got, want)
		}
	}
}
