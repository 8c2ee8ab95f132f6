package dump

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/otelmem/otelmem-go/internal/textfmt"
)

// Threshold is a memory usage at which a profile is written.
type Threshold struct {
	// Bytes is the usage at which it is crossed.
	Bytes int64
	// Text is the threshold as it was configured: "2GiB", "75%".
	Text string
}

// isShare says that it is a share of the limit, not a size.
func (t Threshold) isShare() bool { return strings.HasSuffix(t.Text, "%") }

// The default thresholds: with a memory limit, and without.
var (
	defaultShares = []string{"50%", "65%", "80%", "90%", "95%"}
	defaultSizes  = []string{"2GiB", "4GiB", "6GiB", "8GiB", "10GiB"}
)

// thresholdsAt returns the thresholds that apply with a limit, from low to high: those
// of texts or, where there are none, the default ones. Without a limit, shares do not
// apply; where no size is left, the default sizes do. texts are valid.
func thresholdsAt(texts []string, limit Limit) []Threshold {
	if limit.Bytes == 0 {
		sizes := slices.DeleteFunc(slices.Clone(texts), func(text string) bool { return Threshold{Text: strings.TrimSpace(text)}.isShare() })
		if len(sizes) == 0 {
			sizes = defaultSizes
		}
		texts = sizes
	} else if len(texts) == 0 {
		texts = defaultShares
	}
	thresholds, _ := parseThresholds(texts, limit)
	return thresholds
}

// parseThresholds returns the thresholds from low to high. The error names each
// text that is not valid.
func parseThresholds(texts []string, limit Limit) ([]Threshold, error) {
	var thresholds []Threshold
	var errs []error
	for _, text := range texts {
		text = strings.TrimSpace(text)
		bytes, err := parseThreshold(text, limit)
		if err != nil {
			errs = append(errs, fmt.Errorf("threshold %w", err))
			continue
		}
		thresholds = append(thresholds, Threshold{Bytes: bytes, Text: text})
	}
	slices.SortFunc(thresholds, func(a, b Threshold) int { return cmp.Compare(a.Bytes, b.Bytes) })
	for i, t := range thresholds[:max(0, len(thresholds)-1)] {
		if next := thresholds[i+1]; t.Bytes == next.Bytes {
			errs = append(errs, fmt.Errorf("thresholds %q and %q are both %d bytes: remove one of them", t.Text, next.Text, t.Bytes))
		}
	}
	return thresholds, errors.Join(errs...)
}

func parseThreshold(text string, limit Limit) (int64, error) {
	share, isShare := strings.CutSuffix(text, "%")
	if !isShare {
		return textfmt.ParseSize(text)
	}
	percent, err := strconv.ParseFloat(strings.TrimSpace(share), 64)
	if err != nil || !(percent > 0 && percent <= 100) {
		return 0, fmt.Errorf(`%q: want a share above 0%% and up to 100%%, like "75%%"`, text)
	}
	if limit.Bytes == 0 {
		return 0, fmt.Errorf(`%q: this process has no memory limit to take a share of; give a size like "2GiB", or set GOMEMLIMIT`, text)
	}
	return max(1, int64(percent/100*float64(limit.Bytes))), nil
}
