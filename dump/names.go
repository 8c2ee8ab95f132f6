package dump

import (
	"fmt"
	"path/filepath"
	"regexp"
	"strings"
	"time"

	"github.com/otelmem/otelmem-go/internal/memstat"
)

const (
	profileSuffix = ".pb.gz"
	sideSuffix    = ".json"
	tempPrefix    = ".otelmem-tmp-"
	statePrefix   = ".otelmem-state-"
	// maxSlug bounds what a name takes of a reason.
	maxSlug = 40
)

// dumpName matches the name of a dump without its ending.
var dumpName = regexp.MustCompile(`^heapdump_[A-Za-z0-9_-]+_\d{4}-\d\d-\d\dT\d\d-\d\d-\d\d-\d{3}Z(-\d+)?$`)

// isDump says whether a file's name is that of a dump's file with this ending.
func isDump(name, suffix string) bool {
	base, ok := strings.CutSuffix(name, suffix)
	return ok && dumpName.MatchString(base)
}

// baseName is a dump's name without its ending:
// heapdump_threshold_2048MB_2025-11-26T10-05-00-000Z.
func baseName(what string, at time.Time) string {
	stamp := strings.Replace(at.UTC().Format("2006-01-02T15-04-05.000Z"), ".", "-", 1)
	return "heapdump_" + what + "_" + stamp
}

// nameOf says what a dump is of, in its name.
func nameOf(reason, detail string, rung Threshold) string {
	if reason == ReasonManual {
		if s := slug(detail); s != "" && s != ReasonManual {
			return ReasonManual + "_" + s
		}
		return ReasonManual
	}
	return fmt.Sprintf("%s_%dMB", reason, rung.Bytes/memstat.MiB)
}

// slug makes a reason safe in a file's name.
func slug(text string) string {
	var b strings.Builder
	for _, r := range strings.ToLower(text) {
		if b.Len() == maxSlug {
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

// sidePath is the path of the side file that belongs to a profile.
func sidePath(profile string) string {
	return strings.TrimSuffix(profile, profileSuffix) + sideSuffix
}

// numbered is the n-th name to try: two dumps can happen in one millisecond.
func numbered(dir, base string, n int) (profile, side string) {
	if n > 1 {
		base = fmt.Sprintf("%s-%d", base, n)
	}
	profile = filepath.Join(dir, base+profileSuffix)
	return profile, sidePath(profile)
}
