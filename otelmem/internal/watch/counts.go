package watch

import (
	"regexp"
	"strconv"
)

// countsRow matches a row of the page that net/http/pprof serves at its path: how many
// records a profile has, and its name.
var countsRow = regexp.MustCompile(`<td>(\d+)</td>\s*<td>\s*<a href='?"?([a-z]+)\?`)

// counts is how many records each profile has, by that page. It costs the target next
// to nothing, where a goroutine profile costs it some KiB for each goroutine.
func counts(page []byte) map[string]int {
	found := make(map[string]int)
	for _, row := range countsRow.FindAllSubmatch(page, 32) {
		if n, err := strconv.Atoi(string(row[1])); err == nil {
			found[string(row[2])] = n
		}
	}
	return found
}
