// Package stats has the robust statistics of a short time series: the
// Mann–Kendall test for a trend, the Theil–Sen slope, and thinning that keeps a
// long history within a bound.
//
// Everything here is a pure function: no clock, no I/O, no goroutine.
package stats
