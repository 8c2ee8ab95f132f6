package dump

import (
	"fmt"
	"path/filepath"
	"regexp"
	"strings"
	"time"

	"github.com/otelmem/otelmem-go/internal/textfmt"
)

const (
	profileSuffix  = ".pb.gz"
	metadataSuffix = ".json"
	tempPrefix     = ".otelmem-tmp-"
	markerPrefix   = ".otelmem-state-"
	// maxReason is how many bytes of a manual dump's reason its name has at most.
	maxReason = 40
)

// dumpName matches the name of a profile, and of its metadata file, without the
// suffix.
var dumpName = regexp.MustCompile(`^heapdump_[A-Za-z0-9_-]+_\d{4}-\d\d-\d\dT\d\d-\d\d-\d\d-\d{3}Z(-\d+)?$`)

// IsFileName says whether name, without a folder, is one that a [Dumper] gives to a
// heap profile or to its metadata file.
func IsFileName(name string) bool {
	return isDumpName(name, profileSuffix) || isDumpName(name, metadataSuffix)
}

func isDumpName(name, suffix string) bool {
	base, ok := strings.CutSuffix(name, suffix)
	return ok && dumpName.MatchString(base)
}

// MetadataPath is the path of the metadata file of a heap profile.
func MetadataPath(profile string) string {
	return strings.TrimSuffix(profile, profileSuffix) + metadataSuffix
}

// baseName is a dump's name without its suffix:
// heapdump_threshold_2048MB_2025-11-26T10-05-00-000Z.
func baseName(subject string, at time.Time) string {
	stamp := strings.Replace(at.UTC().Format("2006-01-02T15-04-05.000Z"), ".", "-", 1)
	return "heapdump_" + subject + "_" + stamp
}

// subject is the part of a dump's name that says why it was written:
// threshold_2048MB, manual_before-the-deploy.
func subject(reason, detail string, threshold Threshold) string {
	if reason == ReasonManual {
		if s := safeName(detail); s != "" && s != ReasonManual {
			return ReasonManual + "_" + s
		}
		return ReasonManual
	}
	return fmt.Sprintf("%s_%dMB", reason, threshold.Bytes/textfmt.MiB)
}

// safeName reduces a text to characters that are safe in a file's name, at most
// maxReason.
func safeName(text string) string {
	var b strings.Builder
	for _, r := range strings.ToLower(text) {
		if b.Len() == maxReason {
			break
		}
		if r >= 'a' && r <= 'z' || r >= '0' && r <= '9' || r == '_' {
			b.WriteRune(r)
		} else if s := b.String(); s != "" && !strings.HasSuffix(s, "-") {
			b.WriteByte('-')
		}
	}
	return strings.Trim(b.String(), "-_")
}

// numbered is the n-th name to try: two dumps can happen in one millisecond.
func numbered(dir, base string, n int) (profile, metadata string) {
	if n > 1 {
		base = fmt.Sprintf("%s-%d", base, n)
	}
	profile = filepath.Join(dir, base+profileSuffix)
	return profile, MetadataPath(profile)
}
