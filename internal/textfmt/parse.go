package textfmt

import (
	"fmt"
	"math"
	"strconv"
	"strings"
)

// parseUnits are the suffixes that ParseSize accepts, in any case, longest first.
var parseUnits = []struct {
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
	for _, unit := range parseUnits {
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
