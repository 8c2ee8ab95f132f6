//go:build race

package otlp_test

// underRace says that the race detector's shadow memory is in the resident set:
// one to two bytes for each byte that is touched.
const underRace = true
