//go:build !race

package otlp_test

// underRace says that the race detector's shadow memory is in the resident set.
const underRace = false
