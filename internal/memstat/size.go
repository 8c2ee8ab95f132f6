package memstat

import (
	"fmt"
	"math"
	"strconv"
	"strings"
)

// Binary units. Go, pprof and Kubernetes count memory in these.
const (
	KiB int64 = 1 << 10
	MiB int64 = 1 << 20
	GiB int64 = 1 << 30
)

// units are the suffixes of a size. "MB" means what it means in the log.
var units = []struct {
	suffix string
	bytes  int64
}{
	{"TiB", 1 << 40}, {"GiB", GiB}, {"MiB", MiB}, {"KiB", KiB},
	{"TB", 1 << 40}, {"GB", GiB}, {"MB", MiB}, {"KB", KiB},
	{"B", 1}, {"", 1},
}

// ParseSize parses a number of bytes above 0: "2GiB", "512 MiB", "1.5GiB",
// "1048576". GB, MB and KB are the same binary units.
func ParseSize(text string) (int64, error) {
	number := strings.TrimSpace(text)
	for _, unit := range units {
		rest, ok := cutSuffixFold(number, unit.suffix)
		if !ok {
			continue
		}
		n, err := strconv.ParseFloat(strings.TrimSpace(rest), 64)
		bytes := n * float64(unit.bytes)
		if err != nil || !(bytes >= 1) || bytes >= math.MaxInt64 {
			break
		}
		return int64(bytes), nil
	}
	return 0, fmt.Errorf(`size %q: want a number above 0 with a unit, like "2GiB" or "512MiB"`, text)
}

func cutSuffixFold(s, suffix string) (string, bool) {
	cut := len(s) - len(suffix)
	if cut < 0 || !strings.EqualFold(s[cut:], suffix) {
		return s, false
	}
	return s[:cut], true
}

// FormatMB formats bytes in mebibytes, as the diagnostic log shows them:
// "250MB". Below 10 MB it keeps one decimal, "2.5MB", and below 100 KB it says
// "64KB".
func FormatMB(bytes int64) string {
	mb := float64(bytes) / float64(MiB)
	switch {
	case bytes == 0:
		return "0MB"
	case bytes > -100*KiB && bytes < 100*KiB:
		return fmt.Sprintf("%.0fKB", float64(bytes)/float64(KiB))
	case mb > -9.95 && mb < 9.95:
		return fmt.Sprintf("%.1fMB", mb)
	default:
		return fmt.Sprintf("%.0fMB", mb)
	}
}
