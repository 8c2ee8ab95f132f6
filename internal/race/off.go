//go:build !race

// Package race says whether the race detector is on. Its shadow memory is in the
// resident set, one to two bytes for each that is touched, so that a test of RSS
// cannot hold then.
package race

// Enabled says that this is a build with the race detector.
const Enabled = false
