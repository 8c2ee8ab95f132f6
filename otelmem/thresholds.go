package otelmem

import (
	"fmt"
	"strconv"
	"strings"
)

// withoutShares leaves the shares of a limit out of thresholds, for a machine that
// has none, and returns the warning to log; empty where there was no share. What
// looks like a share and is none stays, to be refused.
func withoutShares(thresholds []string) (sizes []string, warning string) {
	var shares []string
	for _, text := range thresholds {
		if isShare(text) {
			shares = append(shares, text)
		} else {
			sizes = append(sizes, text)
		}
	}
	switch {
	case len(shares) == 0:
		return thresholds, ""
	case len(sizes) == 0:
		warning = "the default sizes are used"
	default:
		warning = "they are left out"
	}
	return sizes, fmt.Sprintf("Thresholds %s are shares of a memory limit, and this process has none: %s; set a limit or GOMEMLIMIT, or give sizes like 2GiB",
		strings.Join(shares, ", "), warning)
}

func isShare(text string) bool {
	number, ok := strings.CutSuffix(strings.TrimSpace(text), "%")
	percent, err := strconv.ParseFloat(strings.TrimSpace(number), 64)
	return ok && err == nil && percent > 0 && percent <= 100
}
