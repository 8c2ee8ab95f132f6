package otelmem

import (
	"fmt"
	"slices"
	"strings"
)

// unknownVariables says which variables of the environment, "NAME=value" each,
// look like settings and are none: a typo would else be a setting that is lost in
// silence.
func unknownVariables(environ []string) []string {
	known := make([]string, len(envSettings))
	for i, setting := range envSettings {
		known[i] = setting.name
	}
	var warnings []string
	for _, entry := range environ {
		name, _, _ := strings.Cut(entry, "=")
		if !strings.HasPrefix(name, envPrefix) || slices.Contains(known, name) || isServiceLink(name) {
			continue
		}
		warnings = append(warnings, fmt.Sprintf("%s is not a setting of memory diagnostics; did you mean %s?", name, nearest(name, known)))
	}
	slices.Sort(warnings)
	return warnings
}

// isServiceLink says whether Kubernetes sets such a variable in every pod beside a
// Service that is called otelmem.
func isServiceLink(name string) bool {
	return strings.HasPrefix(name, envPrefix+"SERVICE_") || strings.HasPrefix(name, envPrefix+"PORT")
}

// nearest is the name that the fewest changes of a letter lead to.
func nearest(name string, names []string) string {
	return slices.MinFunc(names, func(a, b string) int { return distance(name, a) - distance(name, b) })
}

// distance is Levenshtein's: how many letters must be added, removed or changed
// to make b of a.
func distance(a, b string) int {
	row := make([]int, len(b)+1) // of the letters of a so far, to each prefix of b
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			change := diagonal
			if a[i] != b[j] {
				change++
			}
			diagonal = row[j+1]
			row[j+1] = min(change, row[j]+1, diagonal+1)
		}
	}
	return row[len(b)]
}
